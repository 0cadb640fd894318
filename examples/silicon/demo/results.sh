# shellcheck shell=bash
# What came out: in the status, and as files on the cluster.

show_results() {
  local outputs='{range .status.outputs[*]}{.name}{" = "}{.value}{"\n"}{end}'
  printf '   $ kubectl -n %s get jobsubmission silicon-eos -o jsonpath=...status.outputs\n' "$NAMESPACE"
  kubectl -n "$NAMESPACE" get jobsubmission silicon-eos -o jsonpath="$outputs" | sed 's/^/   /'
  fetch_results
  say ''
  say "lattice constant $(output lattice_constant) Angstrom, bulk modulus $(output bulk_modulus) GPa"
  say "(experiment: 5.431 Angstrom, 98 GPa; README.md says what the difference means)"
}

output() {
  kubectl -n "$NAMESPACE" get jobsubmission silicon-eos -o jsonpath="{.status.outputs[?(@.name==\"$1\")].value}"
}

# The files of a job are where its status says, on the cluster.
fetch_results() {
  local directory options
  directory=$(kubectl -n "$NAMESPACE" get jobsubmission silicon-eos -o jsonpath='{.status.workingDirectory}')
  mapfile -t options < <(ssh_options)
  scp -q "${options[@]}" "alice@127.0.0.1:$directory/output/eos.*" "$FILES/"
}

show_next_steps() {
  cat << TEXT

   The curve:     $FILES/eos.svg (open it in a browser)
   Its data:      $FILES/eos.dat, $FILES/eos.json
   The operator:  $FILES/operator.log

   Everything is still up. To look around:
     export KUBECONFIG=$KUBECONFIG; alias kubectl=$STATE/bin/kubectl
     kubectl -n $NAMESPACE get batchwright
     kubectl -n $NAMESPACE describe jobsubmission silicon-scf                               # conditions, attempts, tasks, events
     kubectl -n $NAMESPACE get jobscripts -l batchwright.dev/submission=silicon-scf -o yaml # how sbatch reads the script
     ssh $(ssh_options | tr '\n' ' ')alice@127.0.0.1 sacct

   To take it down:
     make demo-down
TEXT
}
