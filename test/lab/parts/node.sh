# shellcheck shell=bash
# Part `node`.

NODE_DAEMONS=()
build_node() { die "node: not yet"; }
down_node() { :; }
