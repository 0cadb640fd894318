# shellcheck shell=bash
# The lab's own certificate authority, and what each Kubernetes program shows to the others.

ensure_pki() {
  local pki=$STATE/pki
  [ ! -e "$pki/complete" ] || return 0
  mkdir -p "$pki" && chmod 700 "$pki"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$pki/ca.key" -out "$pki/ca.crt" -days 3650 -subj /CN=lab-ca 2> /dev/null
  openssl ecparam -genkey -name prime256v1 -noout -out "$pki/service-accounts.key"
  certify apiserver /CN=kube-apiserver
  certify kubelet-client /O=system:masters/CN=apiserver-kubelet
  certify front-proxy /CN=front-proxy
  certify admin /O=system:masters/CN=admin
  certify controller-manager /CN=system:kube-controller-manager
  certify scheduler /CN=system:kube-scheduler
  certify node1 /O=system:nodes/CN=system:node:node1
  certify kube-proxy /CN=system:kube-proxy
  kubeconfig admin "$(api_server_url)"
  kubeconfig controller-manager "$(api_server_url)"
  kubeconfig scheduler "$(api_server_url)"
  kubeconfig node1 "https://$(node_gateway):$(port apiserver)"
  kubeconfig kube-proxy "https://$(node_gateway):$(port apiserver)"
  touch "$pki/complete"
}

# certify NAME SUBJECT
certify() {
  local pki=$STATE/pki
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$pki/$1.key" -out "$pki/$1.csr" -subj "$2" 2> /dev/null
  openssl x509 -req -in "$pki/$1.csr" -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -CAcreateserial -days 3650 -out "$pki/$1.crt" -extfile <(
    echo "subjectAltName=DNS:localhost,DNS:kubernetes.default.svc,DNS:node1,IP:127.0.0.1,IP:10.96.0.1,IP:$(node_gateway),IP:$(node_address)"
  ) 2> /dev/null
  rm -f "$pki/$1.csr"
}

# kubeconfig USER SERVER
kubeconfig() {
  local pki=$STATE/pki
  cat > "$pki/$1.kubeconfig" << YAML
apiVersion: v1
kind: Config
current-context: lab
clusters:
  - name: lab
    cluster: { server: "$2", certificate-authority: "$pki/ca.crt" }
users:
  - name: $1
    user: { client-certificate: "$pki/$1.crt", client-key: "$pki/$1.key" }
contexts:
  - name: lab
    context: { cluster: lab, user: $1 }
YAML
}

api_server_url() { printf 'https://127.0.0.1:%s' "$(port apiserver)"; }

# The node's end and the machine's end of the link between them (parts/node.sh); pods reach the API server through the latter.
node_gateway() { printf '10.200.%s.1' "$NUMBER"; }
node_address() { printf '10.200.%s.2' "$NUMBER"; }
