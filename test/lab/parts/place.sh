# shellcheck shell=bash
# Where a lab lives: its state directory, and its number, which shifts every port so that labs run side by side.

# Machine-wide, because ports are: one link a lab, /run/batchwright-lab/NUMBER -> state directory.
REGISTRY=/run/batchwright-lab
MOST_LABS=100

# Ports stay below 32768, where the kernel begins to hand out ephemeral ones.
FIRST_PORT=21000
PORTS_PER_LAB=40
declare -A PORT_OFFSETS=(
  [etcd]=0 [etcd-peer]=1 [apiserver]=2 [controller-manager]=3 [node/scheduler]=4
  [c1/sshd]=10 [c1/slurmctld]=11 [c1/slurmdbd]=12 [c1/slurmd1]=13 [c1/slurmd2]=14 [c1/slurmd3]=15 [c1/slurmd4]=16
  [c2/sshd]=20 [c2/slurmctld]=21 [c2/slurmd1]=23 [c2/slurmd2]=24 [c2/slurmd3]=25 [c2/slurmd4]=26
)

# Slurm and containerd put unix sockets below the state directory; the kernel allows 108 bytes for a socket's path.
state_directory() {
  local name=$1 state
  [[ $name =~ ^[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?$ ]] ||
    die "lab name \"$name\": use 1 to 20 lower-case letters, digits and hyphens, for example --name test"
  state=${TMPDIR:-/tmp}
  state=${state%/}/bwlab-$name
  [[ ${#state} -le 60 && $state =~ ^/[A-Za-z0-9/._-]+$ ]] ||
    die "state directory \"$state\": it must be an absolute path of at most 60 plain characters; set TMPDIR to a shorter one, for example /tmp"
  printf '%s' "$state"
}

# The lock on /run itself needs no file that somebody would have to remove.
with_registry_lock() (
  exec 8< /run
  flock --timeout 30 8 || die "the registry of labs ($REGISTRY) has been locked for 30 s; look for a hanging test/lab/lab"
  "$@"
)

# Sets NUMBER to this lab's number, or to nothing when it has none.
find_number() {
  local entry
  NUMBER=
  for entry in "$REGISTRY"/*; do
    if [ "$(readlink "$entry")" = "$STATE" ]; then NUMBER=${entry##*/}; fi
  done
}

take_number() {
  find_number
  if [ -z "$NUMBER" ]; then
    with_registry_lock register_lowest
    find_number
    [ -n "$NUMBER" ] || die "no free number for this lab: $REGISTRY holds $MOST_LABS labs or their ports are taken; end one with test/lab/lab --name NAME down"
  fi
}

register_lowest() {
  local number
  mkdir -p "$REGISTRY"
  for ((number = 0; number < MOST_LABS; number++)); do
    # A lab whose state directory is gone is gone too (a reboot).
    if [ -L "$REGISTRY/$number" ] && [ ! -d "$(readlink "$REGISTRY/$number")" ]; then rm -f "$REGISTRY/$number"; fi
    if [ ! -L "$REGISTRY/$number" ] && ports_are_free "$number"; then
      ln -s "$STATE" "$REGISTRY/$number"
      return
    fi
  done
}

release_number() {
  find_number
  if [ -n "$NUMBER" ]; then rm -f "$REGISTRY/$NUMBER"; fi
  rmdir "$REGISTRY" 2> /dev/null || :
}

port() {
  local offset=${PORT_OFFSETS[$1]-}
  [ -n "$offset" ] || return 0
  echo $((FIRST_PORT + NUMBER * PORTS_PER_LAB + offset))
}

ports_are_free() {
  local NUMBER=$1 what
  for what in "${!PORT_OFFSETS[@]}"; do
    if answers "$(port "$what")"; then return 1; fi
  done
}

answers() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }

# One verb at a time works on a lab. The lock is on the state directory, so that removing the lab removes it;
# who waited for it must look whether the directory is still the same.
lock_lab() {
  local tries
  for ((tries = 0; tries < 3; tries++)); do
    mkdir -p "$STATE"
    exec 9< "$STATE"
    flock --timeout 600 9 || die "another command has worked on $STATE for 10 min; look for a hanging test/lab/lab"
    if [ "$(stat -c %i "$STATE" 2> /dev/null)" = "$(stat -L -c %i /dev/fd/9)" ]; then return; fi
  done
  die "$STATE is created and removed by others all the time; choose another --name"
}
