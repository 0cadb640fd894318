# shellcheck shell=bash
# What a user does: templates once, then a submission for each run.

apply_templates() {
  show -n "$NAMESPACE" apply -k examples/silicon
  await 60 "$NAMESPACE" jobtemplate/silicon-scf Ready
  await 60 "$NAMESPACE" jobtemplate/silicon-eos Ready
  show -n "$NAMESPACE" get jobtemplates
}

apply_submissions() {
  # A submission is one run: to run again is to make it anew. Those of an earlier demo go first.
  kubectl -n "$NAMESPACE" delete --ignore-not-found --timeout=120s -f "$HERE/eos.yaml" -f "$HERE/scf.yaml" | sed 's/^/   /'
  show -n "$NAMESPACE" apply -f examples/silicon/scf.yaml -f examples/silicon/eos.yaml
}

follow_submissions() {
  say ''
  watch_submissions
  # The second one depends on the first: its end is the end of both.
  await 600 "$NAMESPACE" jobsubmission/silicon-eos Succeeded
  stop_watching
  say ''
  show -n "$NAMESPACE" get jobsubmissions -o wide
}

# A line for each change of either submission, until the second one is over. Not parted by tabs: kubectl turns them into blanks.
watch_submissions() {
  (
    exec < <(exec "$STATE/bin/kubectl" -n "$NAMESPACE" get jobsubmissions --watch \
      -o jsonpath='{.metadata.name}{"|"}{.status.phase}{"|"}{.status.conditions[?(@.type=="Succeeded")].message}{"\n"}')
    kubectl=$!
    trap 'kill "$kubectl" 2> /dev/null || :' EXIT
    trap 'exit 143' TERM
    print_changes
  ) &
  WATCHER=$!
}

print_changes() {
  local name phase message
  declare -A last=()
  while IFS='|' read -r name phase message; do
    if [ -n "$message" ] && [ "${last[$name]-}" != "$phase $message" ]; then
      printf '   %s  %-11s  %-9s  %s\n' "$(date +%T)" "$name" "$phase" "$message"
      last[$name]="$phase $message"
    fi
    case $name:$phase in silicon-eos:Done | silicon-eos:Rejected | silicon-eos:Aborted) return ;; esac
  done
}

WATCHER=
stop_watching() {
  [ -n "$WATCHER" ] || return 0
  # It may be a moment behind.
  timeout 3 tail --pid="$WATCHER" -f /dev/null || :
  kill "$WATCHER" 2> /dev/null || :
  wait "$WATCHER" 2> /dev/null || :
  WATCHER=
}

# await SECONDS NAMESPACE OBJECT CONDITION : returns when the condition is True; fails at once, with the reason, when the object is
# Stalled (nothing will change any more) or the operator has ended.
await() {
  local limit=$1 namespace=$2 object=$3 wanted=$4 good bad first=
  # The program itself, not the function: what is killed must be kubectl, not a shell around it.
  "$STATE/bin/kubectl" -n "$namespace" wait "$object" --for=condition="$wanted" --timeout="${limit}s" > /dev/null 2>&1 & good=$!
  "$STATE/bin/kubectl" -n "$namespace" wait "$object" --for=condition=Stalled --timeout="${limit}s" > /dev/null 2>&1 & bad=$!
  WAITS=("$good" "$bad")
  if wait -n -p first "$good" "$bad" "$OPERATOR" && [ "$first" = "$good" ]; then
    stop_waits
    return
  fi
  stop_waits
  stop_watching
  if [ "$first" = "$OPERATOR" ]; then
    tail -n 20 "$FILES/operator.log" >&2
    fail "the operator has ended; the end of its log is above"
  fi
  explain "$namespace" "$object" >&2
  if [ "$first" = "$bad" ]; then fail "$object cannot become $wanted"; else fail "$object was not $wanted within $limit s"; fi
}

WAITS=()
stop_waits() {
  if [ ${#WAITS[@]} -gt 0 ]; then kill "${WAITS[@]}" 2> /dev/null || :; fi
  WAITS=()
}

# explain NAMESPACE OBJECT : why it is not what it should be, and what its job printed last.
explain() {
  printf '\n'
  kubectl -n "$1" get "$2" -o jsonpath='{range .status.conditions[*]}{.type}={.status} {.reason}: {.message}{"\n"}{end}'
  kubectl -n "$NAMESPACE" get jobsubmissions -o jsonpath='{range .items[*]}{.metadata.name}: {.status.phase} {.status.log.path}{"\n"}{.status.log.tail}{"\n"}{end}'
}
