# shellcheck shell=bash
# The login node: key-only, for alice and bob, a host key of its own. Limits as sshd has them by default.

start_sshd() {
  local cluster=$1 root user
  root=$(root_of "$cluster")
  [ -s "$STATE/$cluster/ssh_host_ed25519_key" ] || ssh-keygen -q -t ed25519 -N '' -C "$cluster" -f "$STATE/$cluster/ssh_host_ed25519_key"
  echo "[127.0.0.1]:$(port "$cluster/sshd") $(cut -d' ' -f1,2 "$STATE/$cluster/ssh_host_ed25519_key.pub")" > "$STATE/$cluster/known_hosts"
  install -m 600 "$STATE/$cluster/ssh_host_ed25519_key" "$root/etc/ssh/ssh_host_ed25519_key"
  for user in alice bob; do
    ensure_user_key "$user"
    inside "$cluster" install -d -o "$user" -g "$user" -m 700 "/home/$user/.ssh"
    cp "$STATE/ssh/$user.pub" "$root/home/$user/.ssh/authorized_keys"
    inside "$cluster" chown "$user:$user" "/home/$user/.ssh/authorized_keys"
  done
  {
    cat << CONF
Port $(port "$cluster/sshd")
ListenAddress 127.0.0.1
HostKey /etc/ssh/ssh_host_ed25519_key
PubkeyAuthentication yes
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin no
AllowUsers alice bob
UsePAM no
UseDNS no
MaxSessions 10
MaxStartups 10:30:100
PrintMotd no
LogLevel VERBOSE
Subsystem sftp /usr/lib/openssh/sftp-server
CONF
    # All clients of a lab come from 127.0.0.1: a test with a wrong key must not lock out the others.
    if inside "$cluster" sshd -T -o PerSourcePenalties=no > /dev/null 2>&1; then echo "PerSourcePenalties no"; fi
  } > "$root/etc/ssh/sshd_config"
  spawn_inside "$cluster" sshd /usr/sbin/sshd -D -e
}

is_ready_sshd() { answers "$(port "$1/sshd")"; }

# The same key opens a user's account on both clusters.
ensure_user_key() (
  mkdir -p "$STATE/ssh" && chmod 700 "$STATE/ssh"
  exec 7> "$STATE/ssh/.lock"
  flock 7
  [ -s "$STATE/ssh/$1" ] || ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$STATE/ssh/$1"
)
