# shellcheck shell=bash

start_apiserver() {
  local pki=$STATE/pki
  # advertise-address is where the `kubernetes` service leads; the node part makes that address and forwards it.
  # Without InternalIP first, `kubectl logs` looks the node's name up in DNS.
  spawn kube apiserver "$STATE/bin/kube-apiserver" --etcd-servers "http://127.0.0.1:$(port etcd)" \
    --bind-address 127.0.0.1 --secure-port "$(port apiserver)" --advertise-address "$(node_gateway)" \
    --tls-cert-file "$pki/apiserver.crt" --tls-private-key-file "$pki/apiserver.key" --client-ca-file "$pki/ca.crt" \
    --authorization-mode Node,RBAC --allow-privileged=true --service-cluster-ip-range 10.96.0.0/16 \
    --service-account-issuer https://kubernetes.default.svc \
    --service-account-key-file "$pki/service-accounts.key" --service-account-signing-key-file "$pki/service-accounts.key" \
    --kubelet-preferred-address-types InternalIP --kubelet-certificate-authority "$pki/ca.crt" \
    --kubelet-client-certificate "$pki/kubelet-client.crt" --kubelet-client-key "$pki/kubelet-client.key" \
    --enable-aggregator-routing=true --requestheader-client-ca-file "$pki/ca.crt" --requestheader-allowed-names front-proxy \
    --requestheader-username-headers X-Remote-User --requestheader-group-headers X-Remote-Group \
    --requestheader-extra-headers-prefix X-Remote-Extra- \
    --proxy-client-cert-file "$pki/front-proxy.crt" --proxy-client-key-file "$pki/front-proxy.key"
}

is_ready_apiserver() { kubectl_admin --request-timeout 5s get --raw /readyz; }

kubectl_admin() { "$STATE/bin/kubectl" --kubeconfig "$STATE/pki/admin.kubeconfig" "$@"; }
