# shellcheck shell=bash
# One slurmd a node; Debian's build lets several run on one host, each with its own name and port.

# start_slurmd CLUSTER slurmdN
start_slurmd() { spawn_inside "$1" "$2" slurmd -D -N "$1-n${2#slurmd}"; }

is_ready_slurmd() { states_of_nodes "$1" "$1-n${2#slurmd}" | grep -qE "$READY_NODE"; }

nodes_are_ready() { [ "$(states_of_nodes "$1" "$1-n[1-$NODES]" | grep -cE "$READY_NODE")" = "$NODES" ]; }

# A line a node; drained is a state that somebody wanted.
READY_NODE='^(idle|alloc|mix|comp|drng|drain)$'
states_of_nodes() { inside "$1" sinfo --noheader --Node --nodes="$2" --partition=main --format=%t; }
