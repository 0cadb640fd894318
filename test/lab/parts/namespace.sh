# shellcheck shell=bash
# The namespaces of the parts that have a root of their own: mounts, pids, ipc, hostname and cgroups. Slurm clusters use the
# machine's network, on loopback; the Kubernetes node has its own.

CGROUPS=/sys/fs/cgroup

# With memory and freezer of cgroup v1 Slurm enforces memory (OUT_OF_MEMORY) and finds every process of a job.
has_cgroups() { [ -w "$CGROUPS/memory/cgroup.procs" ] && [ -w "$CGROUPS/freezer/cgroup.procs" ]; }
cgroup_name() { printf 'bwlab-%s-%s' "$NAME" "$1"; }

# controllers_of PART : the cgroup v1 hierarchies that the part gets.
controllers_of() {
  local mount
  if [ "$1" = node ]; then
    for mount in "$CGROUPS"/*/tasks; do basename "$(dirname "$mount")"; done
  elif has_cgroups; then
    printf 'memory\nfreezer\n'
  fi
}

# start_init PART : PID 1 of the part.
start_init() {
  local part=$1 controllers more='' log namespaces=(--mount --pid --ipc --uts --cgroup)
  mkdir -p "$STATE/$part/log" && chmod 755 "$STATE" "$STATE/$part" "$STATE/$part/log"
  if [ "$part" = node ]; then namespaces+=(--net) more=$HERE/inside/node.sh; fi
  controllers=$(controllers_of "$part" | tr '\n' ' ')
  make_cgroups "$part" "$controllers"
  ensure_root "$part"
  log=$(log_file "$part" init)
  # shellcheck disable=SC2016 # expanded by the inner shell
  BATCHWRIGHT_LAB_STATE=$STATE setsid bash -c '
    cgroup=$1 controllers=$2 && shift 2
    for controller in $controllers; do echo 0 > "'"$CGROUPS"'/$controller/$cgroup/cgroup.procs"; done
    exec unshare "$@"' \
    bash "$(cgroup_name "$part")" "$controllers" "${namespaces[@]}" --fork --kill-child -- \
    "$HERE/inside/init.sh" "$ARTEFACT" "$STATE/$part" "$part" "$controllers" "$more" \
    >> "$log" 2>&1 < /dev/null 9<&- &
  await_init "$part" $!
}

# make_cgroups PART CONTROLLERS
make_cgroups() {
  local controller directory file
  for controller in $2; do
    directory=$CGROUPS/$controller/$(cgroup_name "$1")
    mkdir -p "$directory"
    # A new cpuset is empty and takes no process before it has cpus and memory nodes.
    for file in cpuset.mems cpuset.cpus; do
      if [ -e "$directory/$file" ]; then cat "$CGROUPS/$controller/$file" > "$directory/$file"; fi
    done
  done
}

# await_init PART UNSHARE-PID : unshare stays outside; its child with a pid namespace of its own is the daemon.
await_init() {
  local part=$1 outer=$2 child='' deadline=$((SECONDS + 30))
  until [ -n "$child" ] && [ "$(readlink "/proc/$child/ns/pid")" != "$(readlink /proc/self/ns/pid)" ]; do
    if ! kill -0 "$outer" 2> /dev/null || ((SECONDS >= deadline)); then die_with_log "$part" init "ended while starting"; fi
    sleep 0.02
    read -r child _ < "/proc/$outer/task/$outer/children" 2> /dev/null || :
  done
  record_pid "$part" init "$child"
}

is_ready_init() { [ -e "/proc/$(running_pid "$1" init)/root/run/lab/ready" ]; }

# The part's root as seen from outside, as long as the part runs.
root_of() { printf '/proc/%s/root' "$(running_pid "$1" init)"; }

# inside PART COMMAND... : runs it in the part as root.
inside() {
  local part=$1 init namespaces=(--mount --pid --ipc --uts --cgroup)
  shift
  init=$(running_pid "$part" init) || die "$part is not up; start it with test/lab/lab --name $NAME up $part"
  if [ "$part" = node ] && [ "${NETWORK-}" != machine ]; then namespaces+=(--net); fi
  nsenter --target "$init" "${namespaces[@]}" -- /usr/bin/env -i PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@"
}

# spawn_inside PART DAEMON COMMAND... : a child of the part's PID 1, in its cgroups, output to its log.
spawn_inside() {
  local part=$1 daemon=$2 pid
  shift 2
  # shellcheck disable=SC2016 # expanded by the inner shell
  pid=$(inside "$part" BATCHWRIGHT_LAB_STATE="$STATE" /bin/bash -c '
    log=$1; shift
    for procs in /sys/fs/cgroup/*/cgroup.procs; do if [ -e "$procs" ]; then echo 0 > "$procs"; fi; done
    setsid "$@" >> "$log" 2>&1 < /dev/null & echo $!' bash "/var/log/lab/$daemon.log" "$@" 9<&-)
  pid=$(outer_pid "$part" "$pid") || die_with_log "$part" "$daemon" "ended while starting"
  record_pid "$part" "$daemon" "$pid"
}

# outer_pid PART PID : the pid that this machine knows the part's process PID by.
outer_pid() {
  local namespace status
  namespace=$(readlink "/proc/$(running_pid "$1" init)/ns/pid")
  for status in $(grep -lsP "^NSpid:.*\t$2\$" /proc/[0-9]*/status); do
    if [ "$(readlink "${status%status}ns/pid")" = "$namespace" ]; then
      status=${status#/proc/}
      echo "${status%/status}"
      return
    fi
  done
  return 1
}

# end_init PART : kills PID 1, which has ended only when the kernel has ended all that was inside, whoever started it. Its
# parent is left alone: it reaps PID 1 and ends by itself.
end_init() {
  local pid deadline=$((SECONDS + 30))
  pid=$(running_pid "$1" init) || return 0
  kill -s KILL "$pid"
  while is_running "$1" init; do
    ((SECONDS < deadline)) || die "$1: PID $pid cannot be killed; look at /proc/PID/stack of its children"
    sleep 0.02
  done
}

# remove_cgroups PART : when its processes have ended.
remove_cgroups() {
  local directory deadline=$((SECONDS + 20))
  for directory in "$CGROUPS"/*/"$(cgroup_name "$1")"; do
    while [ -d "$directory" ] && ! find "$directory" -depth -type d -exec rmdir {} + 2> /dev/null; do
      ((SECONDS < deadline)) || die "cgroup $directory cannot be removed; processes in it: $(cat "$directory"/cgroup.procs)"
      sleep 0.05
    done
  done
}
