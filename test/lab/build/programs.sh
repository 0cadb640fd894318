# shellcheck shell=bash
# The Kubernetes programs, built by the ordinary go client from the pinned modules in modules/.

# Clients parse these; without them the programs call themselves v0.0.0-master.
kubernetes_ldflags() {
  local version=$1 package flags="-s -w" minor
  minor=$(cut -d. -f2 <<< "$version")
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    flags+=" -X $package.gitVersion=v$version -X $package.gitMajor=1 -X $package.gitMinor=$minor -X $package.gitTreeState=clean"
    flags+=" -X $package.gitCommit=0000000000000000000000000000000000000000 -X $package.buildDate=1970-01-01T00:00:00Z"
  done
  printf '%s' "$flags"
}

# build_program MODULE IMPORT-PATH PROGRAM FOLDER
build_program() {
  local module=$1 path=$2 program=$3 folder=$4 flags="-s -w" version
  cd "$HERE/modules/$module" || return
  if [ "$module" = kube ]; then
    version=$(sed -n 's/^require k8s.io\/kubernetes v//p' go.mod)
    flags=$(kubernetes_ldflags "$version")
  fi
  # Nobody waits at a prompt for a machine that compiles: nice.
  CGO_ENABLED=0 GOFLAGS='-mod=readonly -buildvcs=false -trimpath' nice -n 10 go build -ldflags "$flags" -o "$folder/$program" "$path"
}

# ensure_program PROGRAM : builds it when needed and links it as $STATE/bin/PROGRAM when a lab is being started.
ensure_program() {
  local program=$1 module path estimate key
  case $program in
    kube-apiserver) module=kube estimate="5 min" ;;
    kube-controller-manager) module=kube estimate="1 min" ;;
    kubectl | kubelet) module=kube estimate="30 s" ;;
    kube-scheduler | kube-proxy) module=kube estimate="10 s" ;;
    etcd) module=etcd path=go.etcd.io/etcd/server/v3 estimate="20 s" ;;
    coredns) module=coredns path=github.com/coredns/coredns estimate="2 min" ;;
    helm) module=helm path=helm.sh/helm/v4/cmd/helm estimate="2 min" ;;
    *) die "no program $program in the lab" ;;
  esac
  key=$(artefact_key "$HERE/modules/$module/go.mod" "$HERE/modules/$module/go.sum" "$GO_VERSION" "$(declare -f build_program kubernetes_ldflags)")
  ensure_artefact "$program" "$key" "$estimate" build_program "$module" "${path:-k8s.io/kubernetes/cmd/$program}" "$program"
  if [ -d "$STATE/bin" ]; then ln -sfn "$ARTEFACT/$program" "$STATE/bin/$program"; fi
}
