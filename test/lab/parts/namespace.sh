# shellcheck shell=bash
# The namespaces of a Slurm cluster: own root, mounts, pids, ipc, hostname and cgroups; the machine's network, on loopback.

CGROUPS=/sys/fs/cgroup

# With memory and freezer of cgroup v1 Slurm enforces memory (OUT_OF_MEMORY) and finds every process of a job.
has_cgroups() { [ -w "$CGROUPS/memory/cgroup.procs" ] && [ -w "$CGROUPS/freezer/cgroup.procs" ]; }
cgroup_name() { printf 'bwlab-%s-%s' "$NAME" "$1"; }

# start_init CLUSTER : PID 1 of the cluster.
start_init() {
  local cluster=$1 controller
  mkdir -p "$STATE/$cluster/log" && chmod 755 "$STATE" "$STATE/$cluster" "$STATE/$cluster/log"
  if has_cgroups; then
    for controller in memory freezer; do mkdir -p "$CGROUPS/$controller/$(cgroup_name "$cluster")"; done
  fi
  ensure_root "$cluster"
  # shellcheck disable=SC2016 # expanded by the inner shell
  BATCHWRIGHT_LAB_STATE=$STATE setsid bash -c '
    for cgroup in '"$CGROUPS"'/{memory,freezer}/"$1"; do if [ -d "$cgroup" ]; then echo 0 > "$cgroup/cgroup.procs"; fi; done
    shift
    exec unshare --mount --pid --ipc --uts --cgroup --fork --kill-child -- "$@"' \
    bash "$(cgroup_name "$cluster")" "$HERE/inside/init.sh" "$ARTEFACT" "$STATE/$cluster" "$STATE/$cluster/log" "$cluster" \
    >> "$(log_file "$cluster" init)" 2>&1 < /dev/null 9<&- &
  await_init "$cluster" $!
}

# await_init CLUSTER UNSHARE-PID : unshare stays outside; the daemon is its only child.
await_init() {
  local cluster=$1 outer=$2 child= deadline=$((SECONDS + 30))
  while [ -z "$child" ]; do
    if ! kill -0 "$outer" 2> /dev/null || ((SECONDS >= deadline)); then die_with_log "$cluster" init "did not start"; fi
    read -r child < "/proc/$outer/task/$outer/children" 2> /dev/null || sleep 0.02
    child=${child%% *}
  done
  record_pid "$cluster" init "$child"
}

is_ready_init() { [ -e "/proc/$(running_pid "$1" init)/root/run/lab/ready" ]; }

# The cluster's root as seen from outside, as long as the cluster runs.
root_of() { printf '/proc/%s/root' "$(running_pid "$1" init)"; }

# inside CLUSTER COMMAND... : runs it in the cluster as root.
inside() {
  local init
  init=$(running_pid "$1" init) || die "$1 is not up; start it with test/lab/lab --name $NAME up $1"
  shift
  nsenter --target "$init" --mount --pid --ipc --uts --cgroup -- /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@"
}

# spawn_inside CLUSTER DAEMON COMMAND... : a child of the cluster's PID 1, in its cgroups, output to its log.
spawn_inside() {
  local cluster=$1 daemon=$2 pid
  shift 2
  # shellcheck disable=SC2016 # expanded by the inner shell
  pid=$(inside "$cluster" BATCHWRIGHT_LAB_STATE="$STATE" /bin/bash -c '
    log=$1; shift
    for procs in /sys/fs/cgroup/*/cgroup.procs; do if [ -e "$procs" ]; then echo 0 > "$procs"; fi; done
    setsid "$@" >> "$log" 2>&1 < /dev/null & echo $!' bash "/var/log/slurm/$daemon.log" "$@" 9<&-)
  record_pid "$cluster" "$daemon" "$(outer_pid "$cluster" "$pid" || die_with_log "$cluster" "$daemon" "ended at once")"
}

# outer_pid CLUSTER PID : the pid that this machine knows the cluster's process PID by.
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

# close_namespace CLUSTER : kills PID 1 and with it everything inside, then removes the cgroups.
close_namespace() {
  local cluster=$1 directory deadline=$((SECONDS + 20))
  kill_daemon "$cluster" init
  # It is gone only when every process of its pid namespace is.
  while is_running "$cluster" init; do
    ((SECONDS < deadline)) || die "$cluster: PID $(running_pid "$cluster" init) cannot be killed; look at /proc/PID/stack of its children"
    sleep 0.02
  done
  for directory in "$CGROUPS"/*/"$(cgroup_name "$cluster")"; do
    while [ -d "$directory" ] && ! find "$directory" -depth -type d -exec rmdir {} + 2> /dev/null; do
      ((SECONDS < deadline)) || die "cgroup $directory cannot be removed; processes in it: $(cat "$directory"/cgroup.procs)"
      sleep 0.05
    done
  done
}
