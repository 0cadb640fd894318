import { expect, test } from "vitest";
import { slurmCluster, slurmClusterDefinition } from "../../../../src/api/v1alpha1/slurm-cluster.ts";
import { storeStatus } from "../../../../src/controllers/cluster/store-cluster.ts";
import type { LoginFailure } from "../../../../src/core/cluster/login-failure.ts";
import { clusterStatus } from "../../../../src/core/cluster/report.ts";
import { instant } from "../../../../src/core/instant.ts";
import { type Problem, waiting } from "../../../../src/core/problem.ts";
import type { EventRecord } from "../../../../src/runtime/event.ts";
import { json, startScriptedServer } from "../../kube/scripted-server.ts";

const object = {
  ...slurmClusterDefinition.example,
  metadata: { name: "c1", uid: "u", resourceVersion: "1", creationTimestamp: "2026-01-01T00:00:00Z" },
};

/** Reasons of the events when a new cluster's first look ended so. */
async function toldOf(
  hindrance: Problem | undefined,
  unanswered: Problem | undefined,
  failing: readonly LoginFailure[] = [],
): Promise<string[]> {
  await using server = await startScriptedServer();
  server.script(json(200, object));
  const cluster = slurmCluster.parse(object);
  const told: EventRecord[] = [];
  const sight = {
    facts: {},
    hindrance,
    unanswered,
    failing,
    hampered: [],
    lastGoodPoll: undefined,
    now: instant(0),
  };
  await storeStatus(
    { client: server.client, events: { record: (event) => void told.push(event) } },
    cluster,
    { status: clusterStatus(cluster, sight), signal: new AbortController().signal },
  );
  return told.map(({ type, reason }) => `${type} ${reason}`);
}

const away = waiting("HostUnreachable", "nothing listens there");
const inUse = waiting("InUse", "1 live submissions name it");

test("a cluster that cannot be reached is told of once, though two conditions say so", async () => {
  expect(await toldOf(away, away)).toEqual(["Warning HostUnreachable"]);
});

test("conditions that say different things are told of each", async () => {
  expect(await toldOf(undefined, undefined)).toEqual(["Normal ClusterReady", "Normal Answered"]);
  expect(await toldOf(inUse, away)).toEqual(["Warning InUse", "Warning HostUnreachable"]);
});

test("a login that fails is warned of, though the cluster is ready for the others", async () => {
  expect(await toldOf(undefined, undefined, [{ user: "bob", problem: away }])).toEqual([
    "Normal ClusterReady",
    "Warning LoginsFailing",
  ]);
});
