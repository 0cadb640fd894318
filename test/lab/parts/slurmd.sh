# shellcheck shell=bash
# One slurmd a node; Debian's build lets several run on one host, each with its own name and port.

# start_slurmd CLUSTER slurmdN
start_slurmd() { spawn_inside "$1" "$2" slurmd -D -N "$1-n${2#slurmd}"; }

is_ready_slurmd() { inside "$1" sinfo --noheader --nodes="$1-n${2#slurmd}" --partition=main --format=%t | grep -qE '^(idle|alloc|mix|comp)$'; }
