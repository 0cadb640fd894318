# shellcheck shell=bash
# What the node's programs are told. Pods live in 10.88.0.0/16 behind the node, which no other lab can see.

write_node_configuration() {
  local folder=$1
  mkdir -p "$folder/cni"
  echo "nameserver $(node_address)" > "$folder/resolv.conf"
  # The service account of a program in a pod would do as well; this one runs beside the pods.
  [ -e "$STATE/pki/coredns.kubeconfig" ] || {
    certify coredns /O=system:masters/CN=coredns
    kubeconfig coredns "https://$(node_gateway):$(port apiserver)"
  }
  cat > "$folder/Corefile" << CONF
.:53 {
  bind $(node_address)
  errors
  kubernetes cluster.local in-addr.arpa {
    kubeconfig $STATE/pki/coredns.kubeconfig
    pods insecure
  }
  cache 5
}
CONF
  # No CAP_SYS_RESOURCE inside some machines: oom scores cannot be lowered there.
  cat > "$folder/containerd.toml" << 'CONF'
version = 2
oom_score = 0
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "registry.k8s.io/pause:3.10"
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
  restrict_oom_score_adj = true
  tolerate_missing_hugetlb_controller = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/lab/cni"
CONF
  cat > "$folder/cni/10-bridge.conflist" << 'CONF'
{
  "cniVersion": "1.0.0",
  "name": "lab",
  "plugins": [
    {
      "type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
      "ipam": { "type": "host-local", "ranges": [[{ "subnet": "10.88.0.0/16" }]], "routes": [{ "dst": "0.0.0.0/0" }] }
    },
    { "type": "portmap", "capabilities": { "portMappings": true } }
  ]
}
CONF
  cat > "$folder/kubelet.yaml" << CONF
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: $STATE/pki/ca.crt } }
authorization: { mode: Webhook }
tlsCertFile: $STATE/pki/node1.crt
tlsPrivateKeyFile: $STATE/pki/node1.key
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
address: $(node_address)
healthzBindAddress: 127.0.0.1
clusterDNS: [$(node_address)]
clusterDomain: cluster.local
resolvConf: /etc/lab/resolv.conf
imageGCHighThresholdPercent: 100
evictionHard: { memory.available: 100Mi }
oomScoreAdj: 0
CONF
  cat > "$folder/kube-proxy.yaml" << CONF
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: { kubeconfig: $STATE/pki/kube-proxy.kubeconfig }
mode: iptables
conntrack: { maxPerCore: 0, min: 0 }
clusterCIDR: 10.88.0.0/16
hostnameOverride: node1
CONF
}
