import { expect, test } from "vitest";
import { slurmCluster, slurmClusterDefinition } from "../../../../src/api/v1alpha1/slurm-cluster.ts";
import { PollFailure } from "../../../../src/backends/slurm/poll/failure.ts";
import type { PollHealth } from "../../../../src/backends/slurm/poll/poll-health.ts";
import { failingLogins, inTurn } from "../../../../src/controllers/cluster/inquiry.ts";
import { instant } from "../../../../src/core/instant.ts";
import { waiting } from "../../../../src/core/problem.ts";
import { answered } from "./poll-healths.ts";

const logins = ["alice", "bob", "carol", "dave"].map((user) => ({
  user,
  credentialsSecretRef: { name: user },
}));
const refused: PollHealth = {
  lastGood: undefined,
  failing: { since: instant(0), failures: 3, error: new PollFailure("Unreachable", "refused") },
};
const tried = (user: string, hung: boolean) =>
  [user, { failure: { user, problem: waiting("HostUnreachable", `${user} in vain`) }, hung }] as const;
const order = (known: Parameters<typeof inTurn>[1]): string[] =>
  inTurn(logins, known).map(({ user }) => user);

test("logins of which nothing is known are asked in the order of the tenants", () => {
  expect(order({ healths: [], triedInVain: new Map() })).toEqual(["alice", "bob", "carol", "dave"]);
});

test("a login whose looks are answered is asked before those of which nothing is known", () => {
  const healths = [
    ["dave", answered],
    ["alice", refused],
    ["carol", answered],
  ] as const;
  expect(order({ healths, triedInVain: new Map() })).toEqual(["carol", "dave", "alice", "bob"]);
});

test("who hung the last time is asked last, so that everybody's turn comes", () => {
  const triedInVain = new Map([tried("alice", true), tried("bob", true), tried("carol", false)]);
  expect(order({ healths: [], triedInVain })).toEqual(["carol", "dave", "alice", "bob"]);
});

test("who was tried in vain is named until his own looks say how it is", () => {
  const cluster = slurmCluster.parse({
    ...slurmClusterDefinition.example,
    metadata: { name: "c1", uid: "u", resourceVersion: "1", creationTimestamp: "2026-01-01T00:00:00Z" },
  });
  const notYet: PollHealth = { lastGood: undefined, failing: undefined };
  const healths = [
    ["alice", answered],
    ["bob", notYet],
    ["carol", refused],
  ] as const;
  const triedInVain = new Map(["alice", "bob", "carol", "dave"].map((user) => tried(user, false)));
  const failing = failingLogins(cluster, { healths, triedInVain });
  expect(failing.map(({ user, problem }) => [user, problem.message.slice(0, 12)])).toEqual([
    ["carol", "refused; is "],
    ["bob", "bob in vain"],
    ["dave", "dave in vain"],
  ]);
});
