# shellcheck shell=bash
# Parts `c1` and `c2`: a Slurm cluster each. c1 is the older Slurm with accounting, c2 the newer one without.

cluster_daemons() {
  if has_accounting "$1"; then echo init munged mariadb slurmdbd slurmctld slurmd{1..4} sshd; else echo init munged slurmctld slurmd{1..4} sshd; fi
}

up_cluster() {
  local cluster=$1 daemon
  keep_settings "$cluster"
  ensure_started "$cluster" init
  write_slurm_conf "$cluster"
  ensure_started "$cluster" munged
  ensure_started "$cluster" sshd
  if has_accounting "$cluster"; then
    ensure_started "$cluster" mariadb
    ensure_started "$cluster" slurmdbd
    register_users "$cluster"
  fi
  # Together: each waits for the others, and slurmctld's first scheduling pass comes seconds after its start.
  for daemon in slurmctld slurmd{1..4}; do is_running "$cluster" "$daemon" || "start_$(kind_of "$daemon")" "$cluster" "$daemon"; done
  wait_ready "$cluster" slurmctld
  # One question for all nodes; the daemon that is missing is found when the answer does not come.
  nodes_are_ready "$cluster" || for daemon in slurmd{1..4}; do wait_ready "$cluster" "$daemon"; done
  # For the daemons that ran before --set changed slurm.conf.
  if [ ${#SETTINGS[@]} -gt 0 ]; then inside "$cluster" scontrol reconfigure; fi
}
