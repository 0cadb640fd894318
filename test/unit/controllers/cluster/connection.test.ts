import { expect, test } from "vitest";
import { slurmCluster, slurmClusterDefinition } from "../../../../src/api/v1alpha1/slurm-cluster.ts";
import { LoginError } from "../../../../src/controllers/cluster/clusters.ts";
import { Connection } from "../../../../src/controllers/cluster/connection.ts";
import { openKubeClient } from "../../../../src/kube/client.ts";
import { createLogger } from "../../../../src/runtime/logger.ts";

test("a connection that is closed opens nothing for those who still hold it", async () => {
  const logger = createLogger({ level: "fatal" });
  await using client = openKubeClient({ source: { is: "kubeconfig", path: "/nowhere" }, logger });
  const cluster = slurmCluster.parse({
    ...slurmClusterDefinition.example,
    metadata: { name: "c1", uid: "u", resourceVersion: "1", creationTimestamp: "2026-01-01T00:00:00Z" },
  });
  const connection = new Connection(cluster, {
    client,
    logger,
    metrics: { asked: () => undefined },
    namespace: "batchwright-system",
    install: "lab",
    wake: () => undefined,
    changed: () => undefined,
  });
  await connection[Symbol.asyncDispose]();
  const login = { user: "alice", credentialsSecretRef: { name: "c1-alice" } };
  const { signal } = new AbortController();
  await expect(connection.login(login, { signal })).rejects.toThrow(LoginError);
  expect(connection.pollerOf("alice")).toBeUndefined();
});
