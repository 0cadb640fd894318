#!/bin/bash
# A real ab-initio calculation from JobTemplate to result, on a real Slurm cluster: `make demo`.
# Starts a lab of its own, runs the operator beside it, and does everything else with kubectl, as a user would.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
for part in screen lab operator cluster submissions results; do
  # shellcheck source=/dev/null
  source "$HERE/demo/$part.sh"
done

usage() {
  cat << TEXT
examples/silicon/demo.sh         run the demo; what it started stays up, so that you can look around
examples/silicon/demo.sh down    end the operator and the lab of the demo
TEXT
}

run() {
  trap interrupted INT TERM
  trap 'finished $?' EXIT
  mkdir -p "$FILES"
  # Those of an earlier run must not be taken for this one's.
  rm -f "$FILES"/eos.*
  cd "$ROOT"

  heading "The lab: a Kubernetes control plane and a Slurm cluster, real ones, on this machine"
  start_lab

  heading "The operator: CRDs, roles, and Batchwright itself"
  install_operator
  start_operator

  heading "The cluster: how to reach it, and who may use it as whom"
  connect_cluster

  heading "The templates: what can be run, with which parameters"
  apply_templates

  heading "The submissions: seven volumes of silicon, then the fit"
  apply_submissions
  follow_submissions

  heading "The results"
  show_results
  show_next_steps
}

interrupted() {
  trap - INT TERM EXIT
  printf '\n'
  say "interrupted; taking everything down"
  down
  exit 130
}

finished() {
  stop_waits
  stop_watching
  [ "$1" = 0 ] || printf '\n%s\n' "The demo failed (above). All of it is still up to look at; take it down with: make demo-down" >&2
}

down() {
  stop_waits
  stop_watching
  stop_operator
  lab down
}

case ${1-} in
  '') run ;;
  down) down ;;
  *) usage >&2 && exit 2 ;;
esac
