# shellcheck shell=bash
# The root directories that the Slurm clusters and the Kubernetes node run in: a Debian release each, made by debootstrap from
# the mirror that this machine already uses. They are never run in place: each lab lays an overlay over them (inside/init.sh).

SLURM_PACKAGES=slurmctld,slurmd,slurm-client,slurm-wlm-basic-plugins,munge,openssh-server,environment-modules,busybox,procps,python3-minimal
DATABASE_PACKAGES=slurmdbd,slurm-wlm-mysql-plugin,mariadb-server-core,mariadb-client-core
# What the silicon example runs: only c1 has it.
DEMO_PACKAGES=(quantum-espresso quantum-espresso-data python3 gnuplot-nox)
NODE_PACKAGES=containerd,runc,containernetworking-plugins,iptables,conntrack,socat,iproute2,procps,busybox-static,python3

# The users of both clusters, with uids that no Debian package takes. They exist in the roots only.
LAB_USERS=(alice:2001 bob:2002)

debian_mirror() {
  local mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' 2> /dev/null | head -n 1)
  # Ubuntu and the like: the roots are Debian's whatever the machine is.
  echo "${mirror:-http://deb.debian.org/debian}"
}

# in_root ROOT COMMAND... : runs it in the root, in namespaces that end with it and with every daemon a package might start.
in_root() {
  local root=$1
  shift
  unshare --mount --pid --fork --kill-child -- sh -c '
    mount -t proc proc "$1/proc" && mount --bind /dev "$1/dev" && shift &&
    exec chroot "$@"' sh "$root" "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"
}

# build_base SUITE PACKAGES FOLDER
build_base() {
  local suite=$1 packages=$2 folder=$3 user
  # Own namespaces: what debootstrap mounts is never seen by the machine, also when it is killed.
  unshare --mount --pid --fork --kill-child --mount-proc -- \
    debootstrap --variant=minbase --include="$packages" "$suite" "$folder" "$(debian_mirror)"
  echo "127.0.0.1 localhost c1 c2 node" > "$folder/etc/hosts"
  for user in "${LAB_USERS[@]}"; do
    # '*' and not '!': sshd without PAM refuses locked users.
    in_root "$folder" useradd --uid "${user#*:}" --user-group --create-home --shell /bin/bash --password '*' "${user%:*}"
  done
  rm -rf "$folder"/var/cache/apt/*.bin "$folder"/var/cache/apt/archives/*.deb "$folder"/etc/ssh/ssh_host_* "$folder"/etc/munge/munge.key
}

# build_accounting_base SUITE PACKAGES FOLDER : a base with an empty database in it.
build_accounting_base() {
  local folder=$3
  build_base "$@"
  in_root "$folder" install -d -o slurm -g slurm /var/lib/slurm-db
  in_root "$folder" mariadb-install-db --no-defaults --user=slurm --datadir=/var/lib/slurm-db \
    --auth-root-authentication-method=normal --skip-test-db --innodb-log-file-size=16M
}

# build_demo_root BASE FOLDER : the base and the demo's software.
build_demo_root() {
  local base=$1 folder=$2
  cp -a --reflink=auto "$base/." "$folder/"
  cp --remove-destination /etc/resolv.conf "$folder/etc/resolv.conf"
  apt_settings "$folder"
  printf '#!/bin/sh\nexit 101\n' > "$folder/usr/sbin/policy-rc.d" && chmod 755 "$folder/usr/sbin/policy-rc.d"
  in_root "$folder" apt-get -q update
  in_root "$folder" apt-get -q -y --no-install-recommends install "${DEMO_PACKAGES[@]}"
  rm -rf "$folder"/var/cache/apt/*.bin "$folder"/var/cache/apt/archives/*.deb "$folder"/var/lib/apt/lists/*
}

# apt inside the root reaches the mirror the way apt outside does: same proxy, same certificates.
apt_settings() {
  local folder=$1
  apt-config dump | grep -E '^Acquire::https?::(Proxy|proxy)' > "$folder/etc/apt/apt.conf.d/90lab" || :
  if [ -s /etc/ssl/certs/ca-certificates.crt ]; then
    mkdir -p "$folder/etc/ssl/certs" && cp /etc/ssl/certs/ca-certificates.crt "$folder/etc/ssl/certs/lab-build.crt"
    echo 'Acquire::https::CAInfo "/etc/ssl/certs/lab-build.crt";' >> "$folder/etc/apt/apt.conf.d/90lab"
  fi
}

# build_node_root FOLDER : containerd and the images that a lab without a registry needs, packed from busybox.
build_node_root() {
  local folder=$1 image
  build_base bookworm "$NODE_PACKAGES" "$folder"
  mkdir -p "$folder/opt/images" "$folder/tmp/image/bin"
  cp "$folder/bin/busybox" "$folder/tmp/image/bin/busybox"
  in_root "$folder" chroot /tmp/image /bin/busybox --install -s /bin
  cp "$HERE/build/pack-image.py" "$folder/tmp/pack-image.py"
  for image in registry.k8s.io/pause:3.10 batchwright.dev/lab/busybox:1; do
    in_root "$folder" python3 /tmp/pack-image.py "/opt/images/$(tr /: -- <<< "$image").tar" "$image" /tmp/image
  done
  rm -rf "$folder/tmp/image" "$folder/tmp/pack-image.py"
}

# ensure_root PART : sets ARTEFACT to the cached root of the part. The recipes are part of the key, their comments are not.
ensure_root() {
  local recipe key base packages
  recipe=$(declare -f build_base in_root)
  case $1 in
    c1)
      packages=$SLURM_PACKAGES,$DATABASE_PACKAGES
      key=$(artefact_key bookworm "$packages" "${LAB_USERS[*]}" "$recipe" "$(declare -f build_accounting_base)")
      ensure_artefact slurm-bookworm "$key" "1 min" build_accounting_base bookworm "$packages"
      base=$ARTEFACT
      key=$(artefact_key "$key" "${DEMO_PACKAGES[*]}" "$(declare -f build_demo_root apt_settings)")
      ensure_artefact slurm-bookworm-demo "$key" "1 min" build_demo_root "$base"
      ;;
    c2)
      key=$(artefact_key trixie "$SLURM_PACKAGES" "${LAB_USERS[*]}" "$recipe")
      ensure_artefact slurm-trixie "$key" "1 min" build_base trixie "$SLURM_PACKAGES"
      ;;
    node)
      key=$(artefact_key bookworm "$NODE_PACKAGES" "${LAB_USERS[*]}" "$recipe" "$(declare -f build_node_root)" "$HERE/build/pack-image.py")
      ensure_artefact node-bookworm "$key" "1 min" build_node_root
      ;;
    *) die "part $1 has no root directory" ;;
  esac
}
