# shellcheck shell=bash
# One key a cluster: a credential of c1 is worth nothing on c2.

start_munged() {
  local cluster=$1 root
  root=$(root_of "$cluster")
  if [ ! -s "$root/etc/munge/munge.key" ]; then
    head -c 128 /dev/urandom > "$root/etc/munge/munge.key"
    inside "$cluster" chown munge:munge /etc/munge/munge.key
    chmod 400 "$root/etc/munge/munge.key"
  fi
  inside "$cluster" install -d -o munge -g munge /run/munge
  spawn_inside "$cluster" munged setpriv --reuid=munge --regid=munge --clear-groups munged --foreground --force --num-threads=4
}

is_ready_munged() { inside "$1" munge -n; }
