# shellcheck shell=bash
# The operator runs as a process of this machine, with the ServiceAccount and the roles that it has in a cluster.

SYSTEM=batchwright-system

install_operator() {
  kubectl apply --server-side -f "$ROOT/config/manager/namespace.yaml" | sed 's/^/   /'
  show apply --server-side -k config/crd
  show apply --server-side -n "$SYSTEM" -k config/rbac
  kubectl wait --for=condition=Established --timeout=30s crd --all > /dev/null
}

start_operator() {
  stop_operator
  write_operator_kubeconfig
  # A session of its own, so that it outlives this script; no pod could run it, as the lab's control plane has no node.
  setsid "$ROOT/node_modules/.bin/node" "$ROOT/src/main.ts" --kubeconfig "$FILES/operator.kubeconfig" \
    --metrics-bind-address 0 --health-probe-bind-address 0 >> "$FILES/operator.log" 2>&1 < /dev/null &
  OPERATOR=$!
  echo "$OPERATOR" > "$FILES/operator.pid"
  say "the operator runs (pid $OPERATOR, log $FILES/operator.log)"
}

# Its own token: it may do what config/rbac says, and nothing else.
write_operator_kubeconfig() (
  token=$(kubectl -n "$SYSTEM" create token batchwright --duration=24h)
  server=$(kubectl config view --raw -o jsonpath='{.clusters[0].cluster.server}')
  authority=$STATE/pki/ca.crt
  umask 077
  rm -f "$FILES/operator.kubeconfig"
  export KUBECONFIG=$FILES/operator.kubeconfig
  {
    kubectl config set-cluster lab --server="$server" --certificate-authority="$authority" --embed-certs
    kubectl config set-credentials batchwright --token="$token"
    kubectl config set-context lab --cluster=lab --user=batchwright
    kubectl config use-context lab
  } > /dev/null
)

stop_operator() {
  local pid
  [ -s "$FILES/operator.pid" ] || return 0
  pid=$(< "$FILES/operator.pid")
  # The number may be somebody else's by now.
  if tr '\0' ' ' < "/proc/$pid/cmdline" 2> /dev/null | grep -qF "$FILES/operator.kubeconfig"; then
    kill "$pid"
    timeout 40 tail --pid="$pid" -f /dev/null || kill -KILL "$pid"
  fi
  rm -f "$FILES/operator.pid"
}
