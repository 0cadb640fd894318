import { expect, test } from "vitest";
import { slurmCluster, slurmClusterDefinition } from "../../../../src/api/v1alpha1/slurm-cluster.ts";
import { pollFailure, PollFailure } from "../../../../src/backends/slurm/poll/failure.ts";
import type { PollHealth } from "../../../../src/backends/slurm/poll/poll-health.ts";
import { SlurmUnreachable } from "../../../../src/backends/slurm/session/unreachable.ts";
import { failuresIn, silenceOf, unansweredBy } from "../../../../src/controllers/cluster/silence.ts";
import { instant } from "../../../../src/core/instant.ts";
import { answered } from "./poll-healths.ts";

const cluster = slurmCluster.parse({
  ...slurmClusterDefinition.example,
  metadata: { name: "c1", uid: "u", resourceVersion: "1", creationTimestamp: "2026-01-01T00:00:00Z" },
});
const hangs = new PollFailure("SlurmFailed", "squeue ended with 1: Socket timed out on send/recv operation");
const failing = (failures: number, error: PollFailure): PollHealth => ({
  lastGood: undefined,
  failing: { since: instant(0), failures, error },
});

test("a queue that was never asked, or that answers, is not silent", () => {
  expect(silenceOf(cluster, undefined)).toBeUndefined();
  expect(silenceOf(cluster, { lastGood: undefined, failing: undefined })).toBeUndefined();
});

test("one question that failed may be a moment's, the second makes an outage", () => {
  expect(silenceOf(cluster, failing(1, hangs))).toBeUndefined();
  expect(silenceOf(cluster, failing(2, hangs))).toEqual({
    policy: "waiting",
    reason: "SlurmFailed",
    message:
      "squeue ended with 1: Socket timed out on send/recv operation; is slurmctld up (scontrol ping)? It is asked again",
  });
});

test("what is wrong on the way to the cluster is said in its own words", () => {
  const lost = pollFailure(new SlurmUnreachable("HostUnreachable", "127.0.0.1 port 22: refused"));
  expect(silenceOf(cluster, failing(2, lost))).toEqual({
    policy: "waiting",
    reason: "HostUnreachable",
    message: "127.0.0.1 port 22: refused; check spec.ssh.hosts and spec.ssh.port, the way there, and sshd",
  });
});

const notYet: PollHealth = { lastGood: undefined, failing: undefined };
const refused = failing(2, pollFailure(new SlurmUnreachable("AuthenticationFailed", "bob@h:22: refused")));

test("a queue that answers one login is answered, and the others are named", () => {
  const healths = [
    ["alice", answered],
    ["bob", refused],
    ["carol", notYet],
  ] as const;
  expect(unansweredBy(cluster, healths)).toBeUndefined();
  expect(failuresIn(cluster, healths).map(({ user, problem }) => [user, problem.reason])).toEqual([
    ["bob", "AuthenticationFailed"],
  ]);
});

test("while somebody has yet to be answered for the first time, nothing is said of the queue", () => {
  for (const healths of [
    [],
    [
      ["bob", refused],
      ["carol", notYet],
    ],
  ] as const)
    expect(unansweredBy(cluster, healths)).toMatchObject({ policy: "waiting", reason: "Connecting" });
});

test("a queue that answers nobody is told of with everybody's reason", () => {
  const healths = [
    ["alice", failing(2, hangs)],
    ["bob", refused],
  ] as const;
  expect(unansweredBy(cluster, healths)).toMatchObject({
    policy: "waiting",
    reason: "SlurmFailed",
    message: expect.stringMatching(/^no login is answered: alice: squeue ended.*; bob: bob@h:22: refused; /u),
  });
  expect(unansweredBy(cluster, healths.slice(1))?.message).toMatch(/^bob@h:22: refused; check/u);
});
