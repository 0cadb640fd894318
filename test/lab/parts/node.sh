# shellcheck shell=bash
# Part `node`: a scheduler and one real node, node1 (containerd, kubelet, kube-proxy, CoreDNS), in a root and a network of its own.
# A pair of veth ends joins the node to the machine; the `kubernetes` service leads over it to the API server on loopback.

NODE_DAEMONS=(init api-forward scheduler containerd coredns kubelet kube-proxy)
NODE_PROGRAMS=(kube-scheduler kubelet kube-proxy coredns)

build_node() {
  local program
  [ -e "$CGROUPS/memory/tasks" ] || die "part node needs cgroup v1 for now: $CGROUPS/memory is missing on this machine"
  for program in "${NODE_PROGRAMS[@]}"; do ensure_program "$program"; done
  ensure_root node
}

up_node() {
  local program daemon
  is_running kube apiserver || die "part node needs part kube; start both with: test/lab/lab --name $NAME up kube node"
  ensure_started node init
  join_networks
  for program in kubelet kube-proxy coredns; do
    cp --update "$(readlink -f "$STATE/bin/$program")" "$(root_of node)/usr/local/bin/$program"
  done
  write_node_configuration "$(root_of node)/etc/lab"
  for daemon in "${NODE_DAEMONS[@]}"; do
    ensure_started node "$daemon"
    if [ "$daemon" = containerd ]; then import_images; fi
  done
}

# on_machine_network COMMAND... : the node's files and processes, but the machine's network.
on_machine_network() { NETWORK=machine inside node "$@"; }

# When the node's network namespace ends, both ends of the pair go with it.
join_networks() {
  local link=bwlab$NUMBER
  on_machine_network ip link show dev "$link" > /dev/null 2>&1 || on_machine_network ip link add "$link" type veth peer name eth0 netns 1
  on_machine_network ip addr replace "$(node_gateway)/30" dev "$link"
  on_machine_network ip link set "$link" up
  inside node ip link set lo up
  inside node ip addr replace "$(node_address)/30" dev eth0
  inside node ip link set eth0 up
  inside node ip route replace default via "$(node_gateway)"
  inside node sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'
}

import_images() {
  inside node sh -c 'for image in /opt/images/*.tar; do ctr --namespace k8s.io images import "$image" > /dev/null; done'
}

start_api_forward() {
  NETWORK=machine spawn_inside node api-forward socat \
    "TCP-LISTEN:$(port apiserver),bind=$(node_gateway),fork,reuseaddr" "TCP:127.0.0.1:$(port apiserver)"
}
is_ready_api_forward() { (exec 3<> "/dev/tcp/$(node_gateway)/$(port apiserver)") 2> /dev/null; }

start_scheduler() {
  spawn node scheduler "$STATE/bin/kube-scheduler" --kubeconfig "$STATE/pki/scheduler.kubeconfig" --leader-elect=false \
    --bind-address 127.0.0.1 --secure-port "$(port node/scheduler)"
}
is_ready_scheduler() { answers "$(port node/scheduler)"; }

start_containerd() { spawn_inside node containerd containerd --config /etc/lab/containerd.toml; }
is_ready_containerd() { inside node ctr version; }

start_coredns() { spawn_inside node coredns coredns -conf /etc/lab/Corefile; }
is_ready_coredns() { (exec 3<> "/dev/tcp/$(node_address)/53") 2> /dev/null; }

start_kubelet() {
  spawn_inside node kubelet kubelet --config /etc/lab/kubelet.yaml --kubeconfig "$STATE/pki/node1.kubeconfig" \
    --hostname-override node1 --node-ip "$(node_address)"
}
is_ready_kubelet() { kubectl_admin wait --for condition=Ready node/node1 --timeout 1s; }

start_kube_proxy() { spawn_inside node kube-proxy kube-proxy --config /etc/lab/kube-proxy.yaml; }
is_ready_kube_proxy() { inside node bash -c 'exec 3<> /dev/tcp/127.0.0.1/10256'; }
