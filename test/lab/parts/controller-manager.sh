# shellcheck shell=bash

start_controller_manager() {
  local pki=$STATE/pki
  spawn kube controller-manager "$STATE/bin/kube-controller-manager" --kubeconfig "$pki/controller-manager.kubeconfig" \
    --leader-elect=false --use-service-account-credentials --service-account-private-key-file "$pki/service-accounts.key" \
    --root-ca-file "$pki/ca.crt" --bind-address 127.0.0.1 --secure-port "$(port controller-manager)" \
    --cluster-signing-cert-file "$pki/ca.crt" --cluster-signing-key-file "$pki/ca.key"
}

# The first thing that it makes which clients wait for.
is_ready_controller_manager() { kubectl_admin --request-timeout 5s get serviceaccount default; }
