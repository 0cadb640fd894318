# shellcheck shell=bash disable=SC2154
# node.sh: what the Kubernetes node's root needs beyond init.sh, which sources this with $new and $scratch set.

# The kubelet looks there for out-of-memory kills.
mknod -m 600 "$new/dev/kmsg" c 1 11

# overlayfs takes no upper directory that is on an overlay itself: these are on the machine's file system.
for directory in containerd kubelet; do
  mkdir -p "$scratch/$directory" "$new/var/lib/$directory"
  mount --bind "$scratch/$directory" "$new/var/lib/$directory"
done

# Kubeconfigs name their keys by path: the same path leads there inside.
pki=$(dirname "$scratch")/pki
mkdir -p "$new$pki"
mount --bind -o ro "$pki" "$new$pki"
