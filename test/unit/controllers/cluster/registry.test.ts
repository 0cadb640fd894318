import { expect, test } from "vitest";
import type { SlurmCluster } from "../../../../src/api/v1alpha1/slurm-cluster.ts";
import type { ClusterFacts } from "../../../../src/backends/slurm/cluster/cluster-facts.ts";
import type { ClusterChange } from "../../../../src/controllers/cluster/clusters.ts";
import { ClusterRegistry, type Entry } from "../../../../src/controllers/cluster/registry.ts";
import { waiting } from "../../../../src/core/problem.ts";
import { startScriptedServer } from "../../kube/scripted-server.ts";
import { clusterOf, connectionTo } from "./cluster-of.ts";

const facts: ClusterFacts = {
  clusterName: "c1",
  version: "24.11.0",
  accounting: false,
  minJobAgeSeconds: 300,
  messageTimeoutSeconds: 10,
  maxArraySize: 1001,
  maxJobCount: 10_000,
  credentialLifetimeSeconds: 120,
  requestLifetimeSeconds: 300,
  partitions: [],
  nodes: { total: 0, idle: 0, allocated: 0, mixed: 0, down: 0, drained: 0 },
  cpus: { total: 0, allocated: 0 },
  gpus: [],
  licenses: [],
  queue: { pending: 0, running: 0 },
};
const outage = waiting("HostUnreachable", "nothing listens there");
const failing = (...users: string[]) => users.map((user) => ({ user, problem: outage }));

/** What is told when the cluster is put as each of these in turn, after a first time without any trouble. */
async function toldBy(...changes: readonly Partial<Entry>[]): Promise<readonly ClusterChange[]> {
  await using server = await startScriptedServer();
  const object = clusterOf({ tenants: ["alice", "bob"] });
  await using connection = connectionTo(object, server.client);
  const registry = new ClusterRegistry(() => true);
  const entry = {
    object,
    connection,
    madeFrom: "",
    facts,
    failing: [],
    hindrance: undefined,
    downSince: undefined,
  };
  registry.put("c1", entry);
  const told: ClusterChange[] = [];
  registry.subscribe((_name, change) => told.push(change));
  for (const change of changes) registry.put("c1", { ...entry, ...change });
  return told;
}

const logins = (object: SlurmCluster, ...users: string[]): ClusterChange => ({
  is: "logins",
  users: new Set(users),
  object,
});

test("a login that begins to fail, and is answered again, concerns that login only", async () => {
  const object = clusterOf({ tenants: ["alice", "bob"] });
  const told = await toldBy(
    { failing: failing("alice") },
    { failing: failing("alice") },
    { failing: failing("alice", "bob") },
    { failing: failing("bob") },
    {},
  );
  expect(told).toEqual([["alice"], ["bob"], ["alice"], ["bob"]].map((users) => logins(object, ...users)));
});

test("a cluster that is down, and one whose object is changed, concern all who are there", async () => {
  const object = clusterOf({ tenants: ["alice"], generation: 2 });
  const told = await toldBy({ hindrance: outage, failing: failing("alice", "bob") }, {}, { object });
  expect(told).toEqual([{ is: "whole" }, { is: "whole" }, { is: "whole" }]);
});
