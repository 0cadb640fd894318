# shellcheck shell=bash
# What `lab` can be told to do.

check_parts() {
  local part
  for part in "$@"; do
    case $part in
      kube | c1 | c2 | node) ;;
      *) die "no part \"$part\"; there are kube, c1, c2 and node" ;;
    esac
  done
}

check_settings() {
  local setting
  for setting in "${SETTINGS[@]}"; do
    [[ $setting =~ ^(c[12]:)?[A-Za-z]+=[^[:cntrl:]]*$ ]] || die "setting \"$setting\": write [c1:|c2:]KEY=VALUE with a key of slurm.conf"
  done
}

# verb_check [COMMAND:PACKAGE...] : without words what every lab needs, else only these.
verb_check() {
  if [ $# -gt 0 ]; then require_packages "$@"; else check_prerequisites; fi
  echo "the machine has what is needed"
}

verb_build() {
  local part
  [ $# -gt 0 ] || set -- kube c1 c2
  check_prerequisites
  for part in "$@"; do
    case $part in
      kube) build_kube ;;
      node) build_node ;;
      c1 | c2) ensure_root "$part" ;;
      helm)
        ensure_program helm
        say "helm is at $ARTEFACT/helm"
        ;;
      *) die "nothing to build for \"$part\"; there are kube, c1, c2, node and helm" ;;
    esac
  done
}

verb_up() {
  local part since=$SECONDS failed=0 workers=()
  check_settings
  check_parts "$@"
  [ $# -gt 0 ] || set -- kube c1 c2
  verb_build "$@"
  lock_lab
  take_number
  mkdir -p "$STATE/bin" "$STATE/log" "$STATE/pids"
  for part in "$@"; do
    # The node joins a control plane that answers: it comes last.
    if [ "$part" != node ]; then up_part "$part" & workers+=($!); fi
  done
  for part in "${workers[@]}"; do wait "$part" || failed=1; done
  if [[ $failed = 0 && " $* " = *" node "* ]]; then
    # In the background too: a command before || runs without errexit.
    up_part node &
    wait $! || failed=1
  fi
  write_lab_json
  [ $failed = 0 ] || die "not everything started (see above); what did is left running: status shows it, down ends it, up tries again"
  if [ "$QUIET" = no ]; then print_status; fi
  say "up in $((SECONDS - since)) s"
}

up_part() {
  local since=$SECONDS
  case $1 in
    kube) build_kube && up_kube ;;
    node) build_node && up_node ;;
    *) up_cluster "$1" ;;
  esac
  if [ "$QUIET" = no ]; then say "$1 is ready after $((SECONDS - since)) s"; fi
}

verb_down() {
  local part was=no
  # Without its directory a lab may still have processes: the sweep goes by their environment.
  if [ -d "$STATE" ]; then
    was=up
    lock_lab
  fi
  if [ "${1-}" = --unless-used ] && [ -e "$STATE/used" ] && ! flock --nonblock --exclusive "$STATE/used" true; then
    say "is in use by another run; left up"
    return
  fi
  for part in node c1 c2; do end_init "$part"; done
  kill_processes
  for part in node c1 c2; do remove_cgroups "$part"; done
  with_registry_lock release_number
  rm -rf "$STATE"
  if [ $was = up ]; then say "is down"; else say "was not up; nothing is left of it"; fi
}

verb_status() { find_number && print_status; }

# Every lab has a link in the registry; a reboot leaves links to labs that are gone.
verb_list() {
  local entry found=no
  for entry in "$REGISTRY"/*; do
    STATE=$(readlink "$entry") || continue
    [ -d "$STATE" ] || continue
    found=yes NAME=${STATE##*/bwlab-} NUMBER=${entry##*/}
    echo "== lab $NAME"
    # What is down shows in the table; to list is no failure.
    print_status || :
    echo
  done
  if [ $found = no ]; then echo "no lab is up; start one with: test/lab/lab up"; fi
}

require_daemon() {
  [ $# -ge 2 ] || die "name a part and a daemon, for example: c1 slurmctld"
  check_parts "$1"
  [[ " $(daemons_of "$1") " = *" $2 "* ]] || die "part $1 has no daemon \"$2\"; it has: $(daemons_of "$1")"
  [ -d "$STATE" ] || die "is not up; start it with: test/lab/lab --name $NAME up"
  lock_lab
  find_number
}

verb_stop() {
  require_daemon "$@"
  stop_daemon "$1" "$2"
  write_lab_json
}

verb_start() {
  require_daemon "$@"
  ensure_started "$1" "$2"
  write_lab_json
}

verb_restart() {
  require_daemon "$@"
  stop_daemon "$1" "$2"
  ensure_started "$1" "$2"
  write_lab_json
}

verb_signal() {
  require_daemon "$@"
  signal_daemon "$1" "$2" "${3:?a signal, for example STOP}"
}

verb_set() {
  local cluster=${1-} setting
  require_daemon "$cluster" slurmctld
  shift
  for setting in "$@"; do SETTINGS+=("$cluster:$setting"); done
  check_settings
  keep_settings "$cluster"
  write_slurm_conf "$cluster"
  inside "$cluster" scontrol reconfigure
}

verb_shells() {
  require_daemon "${1-}" init
  install_shells "$1"
}

verb_run() {
  local cluster=${1-} user=${2-}
  require_user "$user"
  check_parts "$cluster"
  shift 2
  inside "$cluster" env -C "$(home_of "$user")" setpriv --reuid="$user" --regid="$user" --init-groups --reset-env "$@"
}

require_user() {
  case $1 in
    root | alice | bob) ;;
    *) die "no user \"$1\" in the lab; there are root, alice and bob" ;;
  esac
}

home_of() { if [ "$1" = root ]; then echo /root; else echo "/home/$1"; fi; }

# Taken before `up`, so that no other run can end the lab in between.
verb_hold() {
  lock_lab
  exec 8>> "$STATE/used"
  flock --shared 8
  exec 9<&-
  echo held
  exec cat > /dev/null
}
