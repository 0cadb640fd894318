# shellcheck shell=bash

start_slurmctld() { spawn_inside "$1" slurmctld slurmctld -D; }

is_ready_slurmctld() { inside "$1" scontrol ping | grep -q 'is UP'; }
