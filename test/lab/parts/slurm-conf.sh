# shellcheck shell=bash
# slurm.conf of a cluster and what belongs to it, written into its root at /etc/slurm.

NODES=4

has_accounting() { [ "$1" = c1 ]; }

write_slurm_conf() {
  local cluster=$1 etc setting new
  etc=$(root_of "$cluster")/etc/slurm
  new=$etc/slurm.conf.new
  mkdir -p "$etc"
  { settings_of_every_cluster "$cluster"; settings_of_accounting "$cluster"; nodes_and_partitions "$cluster"; } > "$new"
  while read -r setting; do
    sed -i "/^${setting%%=*}=/d" "$new"
    echo "$setting" >> "$new"
  done < "$STATE/$cluster/settings"
  chmod 644 "$new" && mv "$new" "$etc/slurm.conf"
  cat > "$etc/cgroup.conf" << CONF
CgroupPlugin=cgroup/v1
CgroupMountpoint=/sys/fs/cgroup
ConstrainCores=no
ConstrainDevices=no
ConstrainRAMSpace=$(if has_cgroups; then echo yes; else echo no; fi)
ConstrainSwapSpace=no
AllowedRAMSpace=100
MinRAMSpace=10
CONF
  # Count alone would register no GPU: Slurm wants a device file for each.
  echo "NodeName=$cluster-n[1-$NODES] Name=gpu File=/dev/nvidia[0-1]" > "$etc/gres.conf"
  inside "$cluster" install -d -o slurm -g slurm /var/lib/slurm/state
  inside "$cluster" install -d /run/slurm /var/spool/slurmd
}

# keep_settings CLUSTER : remembers what --set asked for this cluster, for as long as the lab lives. KEY= takes a setting back.
keep_settings() {
  local cluster=$1 setting
  mkdir -p "$STATE/$cluster" && touch "$STATE/$cluster/settings"
  for setting in "${SETTINGS[@]}"; do
    case $setting in
      c[12]:*) if [ "${setting%%:*}" != "$cluster" ]; then continue; fi ;;
    esac
    setting=${setting#c[12]:}
    sed -i "/^${setting%%=*}=/d" "$STATE/$cluster/settings"
    # Without a value it is as if it had never been set.
    if [ -n "${setting#*=}" ]; then echo "$setting" >> "$STATE/$cluster/settings"; fi
  done
}

settings_of_every_cluster() {
  local cluster=$1 cgroup=no
  if has_cgroups; then cgroup=yes; fi
  # One machine stands for all nodes (config_overrides, multiple slurmd), everything on loopback.
  # cred_expire: a requeued job waits 10 s for the credential of its first run to expire instead of 2 min.
  cat << CONF
ClusterName=$cluster
SlurmctldHost=$cluster(127.0.0.1)
SlurmctldPort=$(port "$cluster/slurmctld")
SlurmUser=slurm
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
AuthInfo=cred_expire=5
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation=/var/lib/slurm/state
SlurmdSpoolDir=/var/spool/slurmd/%n
SlurmctldPidFile=/run/slurm/slurmctld.pid
SlurmdPidFile=/run/slurm/slurmd-%n.pid
SlurmctldDebug=info
SlurmdDebug=info
ReturnToService=2
SlurmdParameters=config_overrides
SwitchType=switch/none
MpiDefault=none
TaskPlugin=$(if [ $cgroup = yes ]; then echo task/cgroup; else echo task/none; fi)
ProctrackType=$(if [ $cgroup = yes ]; then echo proctrack/cgroup; else echo proctrack/linuxproc; fi)
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=2
PropagateResourceLimits=NONE
PropagatePrioProcess=0
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU=100
GresTypes=gpu
Licenses=matlab:4,ansys:2
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=5,sched_min_interval=10000,bf_interval=5,default_queue_depth=1000,bf_max_job_test=1000,max_rpc_cnt=0,max_array_tasks=10001
MaxJobCount=50000
MaxArraySize=10001
MinJobAge=60
KillWait=2
CompleteWait=0
OverTimeLimit=0
BatchStartTimeout=10
SlurmctldTimeout=30
SlurmdTimeout=60
MessageTimeout=10
InactiveLimit=0
JobRequeue=1
RebootProgram=/bin/true
PriorityType=priority/basic
CONF
}

settings_of_accounting() {
  if ! has_accounting "$1"; then
    echo "AccountingStorageType=accounting_storage/none"
    return
  fi
  cat << CONF
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=$(port "$1/slurmdbd")
AccountingStorageTRES=gres/gpu,license/matlab
AccountingStoreFlags=job_comment,job_script,job_env
CONF
}

nodes_and_partitions() {
  local cluster=$1 first
  first=$(port "$cluster/slurmd1")
  cat << CONF
NodeName=$cluster-n[1-$NODES] NodeHostName=$cluster NodeAddr=127.0.0.1 Port=[$first-$((first + NODES - 1))] CPUs=8 Boards=1 SocketsPerBoard=1 CoresPerSocket=8 ThreadsPerCore=1 RealMemory=8000 Gres=gpu:2 State=UNKNOWN
PartitionName=main Nodes=$cluster-n[1-$NODES] Default=YES MaxTime=INFINITE DefaultTime=01:00:00 State=UP OverSubscribe=NO
PartitionName=short Nodes=$cluster-n[1-2] MaxTime=00:10:00 DefaultTime=00:05:00 State=UP PriorityTier=10
CONF
}
