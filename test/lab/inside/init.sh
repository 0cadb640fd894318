#!/bin/bash
# init.sh ROOT SCRATCH HOSTNAME CONTROLLERS [MORE]: the first process of a part that has namespaces of its own (mount, pid, ipc,
# uts, cgroup). It makes the part's root out of ROOT (cached, only read) and SCRATCH (this lab's changes), moves into it and
# stays as PID 1: when it is killed, the kernel ends every process in there, slurmstepd and all jobs included, and every mount
# goes with the last of them. CONTROLLERS are the cgroup v1 hierarchies to mount; MORE is a script that adds what the part needs.
set -euo pipefail
root=$1 scratch=$2 hostname=$3 controllers=$4 more=${5-}
new=$scratch/root

mkdir -p "$new" "$scratch/upper" "$scratch/work"
# BATCHWRIGHT_LAB_COPY=1 asks for the copy although overlayfs works.
if [ -e "$scratch/copied" ] || [ -n "${BATCHWRIGHT_LAB_COPY-}" ] || ! mount -t overlay overlay -o "lowerdir=$root,upperdir=$scratch/upper,workdir=$scratch/work" "$new" 2> /dev/null; then
  if [ ! -e "$scratch/copied" ]; then
    echo "overlayfs does not work here: copying $root"
    cp -a --reflink=auto "$root/." "$new/"
    touch "$scratch/copied"
  fi
  mount --bind "$new" "$new"
fi

hostname "$hostname"
mount -t proc proc "$new/proc"
mount -t sysfs -o ro sysfs "$new/sys"
mount -t tmpfs -o mode=755 tmpfs "$new/run"
mount -t tmpfs -o mode=1777 tmpfs "$new/tmp"
mkdir -p "$new/var/log/lab" && mount --bind "$scratch/log" "$new/var/log/lab"

# Only what programs need, not the machine's devices. Two aliases of /dev/null stand in for GPUs: Slurm wants device files.
mount -t tmpfs -o mode=755 tmpfs "$new/dev"
for device in null:3 zero:5 full:7 random:8 urandom:9 nvidia0:3 nvidia1:3; do
  mknod -m 666 "$new/dev/${device%:*}" c 1 "${device#*:}"
done
mknod -m 666 "$new/dev/tty" c 5 0
mkdir "$new/dev/pts" "$new/dev/shm"
mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$new/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$new/dev/shm"
ln -s pts/ptmx "$new/dev/ptmx"
ln -s /proc/self/fd "$new/dev/fd"
for stream in stdin:0 stdout:1 stderr:2; do ln -s "/proc/self/fd/${stream#*:}" "$new/dev/${stream%:*}"; done

# The caller put this process into cgroups of the lab's own; in its cgroup namespace they look like the top.
mount -t tmpfs -o mode=755 tmpfs "$new/sys/fs/cgroup"
for controller in $controllers; do
  mkdir "$new/sys/fs/cgroup/$controller"
  # systemd's is a hierarchy without controllers.
  mount -t cgroup -o "${controller/#systemd/none,name=systemd}" cgroup "$new/sys/fs/cgroup/$controller"
done

install -d -o root "$new/run/sshd" "$new/run/lab"
if [ -n "$more" ]; then
  # shellcheck source=/dev/null
  source "$more"
fi
cd "$new"
pivot_root . mnt
# make-rshared: containers see what the kubelet mounts for them. wait: PID 1 reaps what daemons and jobs leave behind.
exec chroot . /bin/bash -c '
  umount --lazy /mnt
  mount --make-rshared /
  touch /run/lab/ready
  trap "exit 0" TERM
  while :; do sleep 86400 & wait; done' < /dev/null
