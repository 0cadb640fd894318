# shellcheck shell=bash
# Part `kube`: a control plane on loopback with TLS and RBAC. No node: objects are stored, garbage is collected, pods do not run.

KUBE_DAEMONS=(etcd apiserver controller-manager)
KUBE_PROGRAMS=(etcd kube-apiserver kube-controller-manager kubectl)

build_kube() {
  local program
  for program in "${KUBE_PROGRAMS[@]}"; do ensure_program "$program"; done
}

up_kube() {
  local daemon
  ensure_pki
  for daemon in "${KUBE_DAEMONS[@]}"; do ensure_started kube "$daemon"; done
}
