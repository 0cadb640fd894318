import { expect, test } from "vitest";
import { slurmCluster, slurmClusterDefinition } from "../../../../src/api/v1alpha1/slurm-cluster.ts";
import { LoginError } from "../../../../src/controllers/cluster/clusters.ts";
import { Connection } from "../../../../src/controllers/cluster/connection.ts";
import { createLogger } from "../../../../src/runtime/logger.ts";
import { startScriptedServer } from "../../kube/scripted-server.ts";

test("a connection that is closed opens nothing for those who still hold it", async () => {
  await using server = await startScriptedServer();
  const cluster = slurmCluster.parse({
    ...slurmClusterDefinition.example,
    metadata: { name: "c1", uid: "u", resourceVersion: "1", creationTimestamp: "2026-01-01T00:00:00Z" },
  });
  const connection = new Connection(cluster, {
    client: server.client,
    logger: createLogger({ level: "error" }),
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
  expect(server.seen).toEqual([]);
});
