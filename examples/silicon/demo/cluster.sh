# shellcheck shell=bash
# What a cluster admin does: the key of a login in a Secret, and the SlurmCluster.

connect_cluster() {
  kubectl create namespace "$NAMESPACE" --dry-run=client -o yaml | kubectl apply -f - | sed 's/^/   /'
  kubectl -n "$SYSTEM" create secret generic c1-alice --from-file=ssh-privatekey="$STATE/ssh/alice" --dry-run=client -o yaml |
    kubectl apply -f - | sed 's/^/   /'
  write_cluster > "$FILES/cluster.yaml"
  show apply -f "$FILES/cluster.yaml"
  await 60 "$SYSTEM" slurmcluster/c1 Reachable
  show get slurmclusters
}

# examples/slurm-cluster holds one with more in it. The polling is quick because nobody else uses this cluster.
write_cluster() {
  cat << YAML
apiVersion: batchwright.dev/v1alpha1
kind: SlurmCluster
metadata:
  name: c1
spec:
  ssh:
    hosts: [127.0.0.1]
    port: $(lab_value .clusters.c1.ssh.port)
    knownHosts: |
$(sed 's/^/      /' "$STATE/c1/known_hosts")
  workDirectory: /home/%u/batchwright
  observer:
    user: alice
    credentialsSecretRef: { name: c1-alice }
  polling: { intervalSeconds: 2, floorSeconds: 1 }
  tenants:
    - name: $NAMESPACE
      namespaces: [$NAMESPACE]
      login:
        user: alice
        credentialsSecretRef: { name: c1-alice }
YAML
}
