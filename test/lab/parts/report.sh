# shellcheck shell=bash
# What is up: a table for people, lab.json for tests.

PARTS=(kube c1 c2 node)

daemons_of() {
  case $1 in
    kube) echo "${KUBE_DAEMONS[@]}" ;;
    node) echo "${NODE_DAEMONS[@]}" ;;
    *) cluster_daemons "$1" ;;
  esac
}

port_of() {
  case $1 in
    kube) port "$2" ;;
    *) port "$1/$2" ;;
  esac
}

part_exists() { compgen -G "$STATE/pids/$1.*" > /dev/null; }

# print_status : exit code 1 when something that was started does not run.
print_status() {
  local part daemon pid code=0
  if [ ! -d "$STATE" ]; then
    echo "lab $NAME is not up; start it with test/lab/lab --name $NAME up"
    return 1
  fi
  printf '%-5s %-19s %-8s %-6s %s\n' PART DAEMON PID PORT LOG
  for part in "${PARTS[@]}"; do
    part_exists "$part" || continue
    for daemon in $(daemons_of "$part"); do
      pid=$(running_pid "$part" "$daemon") || { pid=- && code=1; }
      printf '%-5s %-19s %-8s %-6s %s\n' "$part" "$daemon" "$pid" "$(port_of "$part" "$daemon")" "$(log_file "$part" "$daemon")"
    done
  done
  echo
  echo "state       $STATE (lab.json describes the lab to programs)"
  if part_exists kube; then echo "kubectl     $STATE/bin/kubectl --kubeconfig $STATE/pki/admin.kubeconfig"; fi
  for part in c1 c2; do
    part_exists "$part" || continue
    echo "ssh to $part   ssh -F none -i $STATE/ssh/alice -o UserKnownHostsFile=$STATE/$part/known_hosts -p $(port "$part/sshd") alice@127.0.0.1"
  done
  return $code
}

write_lab_json() {
  local part separator=''
  {
    printf '{\n  "name": "%s",\n  "state": "%s",\n  "number": %s' "$NAME" "$STATE" "$NUMBER"
    if part_exists kube; then kube_json; fi
    if part_exists node; then printf ',\n  "node": { "name": "node1", "image": "batchwright.dev/lab/busybox:1", "daemons": %s }' "$(daemons_json node)"; fi
    printf ',\n  "clusters": {'
    for part in c1 c2; do
      # One that did not come up this far has nothing to tell.
      if ! is_running "$part" init || [ ! -e "$STATE/$part/known_hosts" ]; then continue; fi
      printf '%s' "$separator"
      cluster_json "$part"
      separator=,
    done
    printf '\n  }\n}\n'
  } > "$STATE/lab.json.new"
  mv "$STATE/lab.json.new" "$STATE/lab.json"
}

kube_json() {
  printf ',\n  "kube": {\n    "server": "%s",\n    "port": %s,\n    "kubeconfig": "%s",\n    "kubectl": "%s",\n    "caCertificate": "%s",\n    "daemons": %s\n  }' \
    "$(api_server_url)" "$(port apiserver)" "$STATE/pki/admin.kubeconfig" "$STATE/bin/kubectl" "$STATE/pki/ca.crt" "$(daemons_json kube)"
}

cluster_json() {
  local cluster=$1 sshd
  sshd=$(port "$cluster/sshd")
  printf '\n    "%s": {\n      "clusterName": "%s",\n      "slurmVersion": "%s",\n      "accounting": %s,\n      "enforcesMemory": %s,\n' \
    "$cluster" "$cluster" "$(slurm_version "$cluster")" "$(has_accounting "$cluster" && echo true || echo false)" "$(has_cgroups && echo true || echo false)"
  printf '      "nodes": ["%s-n1", "%s-n2", "%s-n3", "%s-n4"],\n      "partitions": ["main", "short"],\n' "$cluster" "$cluster" "$cluster" "$cluster"
  printf '      "ssh": { "host": "127.0.0.1", "port": %s, "knownHosts": "%s", "knownHostsFile": "%s" },\n' \
    "$sshd" "$(cat "$STATE/$cluster/known_hosts")" "$STATE/$cluster/known_hosts"
  printf '      "users": {\n        "alice": { "uid": 2001, "home": "/home/alice", "keyFile": "%s/ssh/alice" },\n        "bob": { "uid": 2002, "home": "/home/bob", "keyFile": "%s/ssh/bob" }\n      },\n' "$STATE" "$STATE"
  printf '      "root": "%s",\n      "slurmConf": "%s/etc/slurm/slurm.conf",\n      "daemons": %s\n    }' \
    "$(root_of "$cluster")" "$(root_of "$cluster")" "$(daemons_json "$cluster")"
}

# null for a daemon that is stopped.
daemons_json() {
  local part=$1 daemon separator='' port
  printf '{'
  for daemon in $(daemons_of "$part"); do
    port=$(port_of "$part" "$daemon")
    printf '%s "%s": { "pid": %s, "pidFile": "%s", "log": "%s", "port": %s }' "$separator" "$daemon" \
      "$(running_pid "$part" "$daemon" || echo null)" "$(pid_file "$part" "$daemon")" "$(log_file "$part" "$daemon")" "${port:-null}"
    separator=,
  done
  printf ' }'
}

slurm_version() { inside "$1" sinfo --version | cut -d' ' -f2; }
