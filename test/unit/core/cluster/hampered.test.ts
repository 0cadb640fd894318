import { expect, test } from "vitest";
import { slurmCluster, slurmClusterDefinition } from "../../../../src/api/v1alpha1/slurm-cluster.ts";
import type { LoginFailure } from "../../../../src/core/cluster/login-failure.ts";
import { clusterStatus } from "../../../../src/core/cluster/report.ts";
import { instant } from "../../../../src/core/instant.ts";
import { waiting } from "../../../../src/core/problem.ts";

const { spec } = slurmClusterDefinition.example as { spec: object };
const tenantOf = (user: string) => ({
  name: user,
  namespaces: [user],
  login: { user, credentialsSecretRef: { name: user } },
});
const clusterOf = (...users: readonly string[]) =>
  slurmCluster.parse({
    metadata: { name: "c1", uid: "u", resourceVersion: "1", creationTimestamp: "2026-01-01T00:00:00Z" },
    spec: { ...spec, tenants: users.map(tenantOf) },
  });
const without = (user: string): LoginFailure => ({
  user,
  problem: waiting("WorkDirectoryUnfit", `no locks for ${user}`),
});

function readyOf(users: readonly string[], hampered: readonly LoginFailure[]) {
  const { conditions = [] } = clusterStatus(clusterOf(...users), {
    facts: { clusterName: "c1" },
    hindrance: undefined,
    unanswered: undefined,
    failing: [],
    hampered,
    lastGoodPoll: undefined,
    now: instant(0),
  });
  return conditions.flatMap(({ type, status, reason, message }) =>
    type === "Ready" ? [`${status} ${reason}: ${message}`] : [],
  );
}

test("a cluster is ready while one of its tenants' logins can send, and names the others", () => {
  expect([
    readyOf(["alice"], []),
    readyOf(["alice", "bob"], [without("bob")]),
    readyOf(["alice", "bob"], [without("alice"), without("bob")]),
    readyOf(["alice"], [without("alice")]),
  ]).toEqual([
    ["True ClusterReady: Slurm cluster c1 takes submissions."],
    ["True ClusterReady: Slurm cluster c1 takes submissions, but not as bob: no locks for bob."],
    ["False WorkDirectoryUnfit: no login can send jobs: alice: no locks for alice; bob: no locks for bob"],
    ["False WorkDirectoryUnfit: no locks for alice"],
  ]);
});
