# shellcheck shell=bash
# The demo's own lab, beside any other one, and what has to be known of it.

LAB=demo
# Kept when the lab goes: results and the operator's log. `make clean` removes it.
FILES=$ROOT/.lab/demo
NAMESPACE=materials

lab() { "$ROOT/test/lab/lab" --name "$LAB" "$@"; }

start_lab() {
  say "the first time this builds and installs for several minutes; later it takes seconds"
  lab up --quiet kube c1 | sed -u 's/^/   /'
  STATE=${TMPDIR:-/tmp}
  STATE=${STATE%/}/bwlab-$LAB
  export KUBECONFIG=$STATE/pki/admin.kubeconfig
}

kubectl() { "$STATE/bin/kubectl" "$@"; }

# lab_value EXPRESSION : from lab.json, for example: .clusters.c1.ssh.port
lab_value() {
  node -e 'const [file, path] = process.argv.slice(1);
    console.log(path.split(".").slice(1).reduce((value, key) => value[key], JSON.parse(require("fs").readFileSync(file, "utf8"))))' \
    "$STATE/lab.json" "$1"
}

# The login node, as alice.
ssh_options() {
  printf '%s\n' -F none -o BatchMode=yes -o LogLevel=ERROR -i "$STATE/ssh/alice" -o "UserKnownHostsFile=$STATE/c1/known_hosts" \
    -o "Port=$(lab_value .clusters.c1.ssh.port)"
}
