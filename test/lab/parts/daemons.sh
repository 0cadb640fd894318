# shellcheck shell=bash
# Daemons of a lab, each named by part and daemon (`c1 slurmctld`): start, look, signal, stop. For each there is a function
# start_<daemon> PART that spawns it and is_ready_<daemon> PART that says whether it answers; slurmd1 to slurmd4 share theirs.

# The pid file holds pid and start time: a pid alone may by now belong to somebody else.
pid_file() { printf '%s' "$STATE/pids/$1.$2"; }
log_file() {
  case $1 in
    c1 | c2 | node) printf '%s' "$STATE/$1/log/$2.log" ;;
    *) printf '%s' "$STATE/log/$2.log" ;;
  esac
}

start_time() { sed 's/.*) //' "/proc/$1/stat" 2> /dev/null | cut -d' ' -f20; }
# PID 1 may reap late, and kill -0 succeeds on a zombie: the state decides. One whose first thread alone has ended is a zombie, too, and
# holds its ports until the others have.
has_ended() {
  case $(sed 's/.*) //' "/proc/$1/stat" 2> /dev/null | cut -c1) in
    '' | X) return 0 ;;
    Z) [ "$(find "/proc/$1/task" -mindepth 1 -maxdepth 1 2> /dev/null | wc -l)" -le 1 ] ;;
    *) return 1 ;;
  esac
}

# Prints the pid if the daemon runs; a stopped one (SIGSTOP) counts as running.
running_pid() {
  local pid since
  read -r pid since 2> /dev/null < "$(pid_file "$1" "$2")" || return 1
  if has_ended "$pid"; then return 1; fi
  [ "$(start_time "$pid")" = "$since" ] || return 1
  echo "$pid"
}
is_running() { running_pid "$@" > /dev/null; }

record_pid() {
  mkdir -p "$STATE/pids"
  echo "$3 $(start_time "$3")" > "$(pid_file "$1" "$2")"
}

# spawn PART DAEMON COMMAND... : a session of its own, output to its log. BATCHWRIGHT_LAB_STATE marks all its descendants.
spawn() {
  local part=$1 daemon=$2 log
  log=$(log_file "$part" "$daemon")
  shift 2
  mkdir -p "$STATE/log"
  BATCHWRIGHT_LAB_STATE=$STATE setsid "$@" >> "$log" 2>&1 < /dev/null 9<&- &
  record_pid "$part" "$daemon" $!
}

kind_of() { printf '%s' "${1%%[0-9]*}" | tr - _; }

# ensure_started PART DAEMON : starts it unless it runs, and waits until it answers. One that was killed a moment ago is still there, and ends
# without an answer.
ensure_started() {
  local part=$1 daemon=$2 deadline=$((SECONDS + 60))
  while is_running "$part" "$daemon"; do
    if answers_as_ready "$part" "$daemon"; then return; fi
    ((SECONDS < deadline)) || die_with_log "$part" "$daemon" "runs but does not answer after 60 s"
    sleep 0.1
  done
  "start_$(kind_of "$daemon")" "$part" "$daemon"
  wait_ready "$part" "$daemon"
}

answers_as_ready() { "is_ready_$(kind_of "$2")" "$1" "$2" > /dev/null 2>&1; }

wait_ready() {
  local part=$1 daemon=$2 deadline=$((SECONDS + 60))
  until answers_as_ready "$part" "$daemon"; do
    is_running "$part" "$daemon" || die_with_log "$part" "$daemon" "ended while starting"
    ((SECONDS < deadline)) || die_with_log "$part" "$daemon" "runs but does not answer after 60 s"
    sleep 0.1
  done
}

die_with_log() {
  local log
  log=$(log_file "$1" "$2")
  die "$1 $2 $3. End of $log:"$'\n'"$(tail -n 20 "$log" 2> /dev/null || echo "(no log)")"
}

# signal_daemon PART DAEMON SIGNAL
signal_daemon() {
  local pid
  pid=$(running_pid "$1" "$2") || die "$1 $2 does not run; test/lab/lab --name $NAME status shows what does"
  kill -s "$3" "$pid"
}

# stop_daemon PART DAEMON : TERM (and CONT, for one that was stopped), then KILL. The API server would wait a minute for
# open watches; it holds nothing of its own, so it gets less time.
stop_daemon() {
  local pid deadline=$((SECONDS + 20))
  if [ "$2" = apiserver ]; then deadline=$((SECONDS + 3)); fi
  if pid=$(running_pid "$1" "$2"); then
    kill -s TERM "$pid" && kill -s CONT "$pid" || :
    while is_running "$1" "$2"; do
      if ((SECONDS >= deadline)); then kill -s KILL "$pid" 2> /dev/null || :; fi
      sleep 0.05
    done
  fi
  rm -f "$(pid_file "$1" "$2")"
}

# Every process of the lab carries its mark in its environment.
lab_processes() {
  grep -lsazx "BATCHWRIGHT_LAB_STATE=$STATE" /proc/[0-9]*/environ 2> /dev/null | cut -d/ -f3 || :
}

kill_processes() {
  local deadline=$((SECONDS + 30)) pids
  while pids=$(lab_processes) && [ -n "$pids" ]; do
    # shellcheck disable=SC2086 # one argument a pid
    kill -s KILL $pids 2> /dev/null || :
    ((SECONDS < deadline)) || die "these processes of the lab cannot be killed: $(tr '\n' ' ' <<< "$pids")(look at /proc/PID/stack)"
    sleep 0.05
  done
}
