import { expect, test } from "vitest";
import { jobSubmission, jobSubmissionDefinition } from "../../../../src/api/v1alpha1/job-submission.ts";
import { slurmCluster, slurmClusterDefinition } from "../../../../src/api/v1alpha1/slurm-cluster.ts";
import type { LiveCluster } from "../../../../src/controllers/cluster/clusters.ts";
import { findCluster } from "../../../../src/controllers/submission/placement.ts";

const created = { uid: "u", resourceVersion: "1", creationTimestamp: "2026-01-01T00:00:00Z" };
const { name } = jobSubmission.parse({
  ...jobSubmissionDefinition.example,
  metadata: { ...created, name: "run", namespace: "lab" },
}).spec.target.slurm;

/** A cluster that answers. Nothing is asked of it here: these decisions are made from its object alone. */
function liveCluster(deletionTimestamp?: string): LiveCluster {
  const refuse = (): never => {
    throw new Error("nothing may be asked of the cluster");
  };
  return {
    object: slurmCluster.parse({
      ...slurmClusterDefinition.example,
      metadata: { ...created, name, ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) },
    }),
    slurmName: "c1",
    pollerOf: refuse,
    partitions: [],
    login: refuse,
  };
}

function findFor(cluster: LiveCluster, attempts: readonly object[] = []) {
  const submission = jobSubmission.parse({
    ...jobSubmissionDefinition.example,
    metadata: { ...created, name: "run", namespace: "lab", finalizers: [] },
    status: { attempts },
  });
  const clusters = { find: () => ({ is: "live", cluster }) as const, subscribe: () => () => undefined };
  return findCluster({ clusters }, submission);
}

const openAttempt = {
  index: 1,
  token: "i-u-1",
  since: "2026-01-01T00:00:00.000000Z",
  cluster: { name, uid: "u", slurmName: "c1" },
  user: "alice",
  directory: "/home/alice/batchwright/i/i-u-1",
  scriptDigest: `sha256:${"a".repeat(64)}`,
  optionsDigest: `sha256:${"b".repeat(64)}`,
};
const deletedAt = "2026-01-02T00:00:00Z";

test("a cluster that answers is found", () => {
  const cluster = liveCluster();
  expect(findFor(cluster)).toEqual({ ok: true, value: cluster });
});

test("a cluster that is being deleted takes no new job: the submission waits and says how to go on", () => {
  expect(findFor(liveCluster(deletedAt))).toEqual({
    ok: false,
    problem: {
      policy: "waiting",
      reason: "ClusterNotReady",
      message: `SlurmCluster "${name}" is being deleted and takes no new jobs; it goes when no live submission names it. Cancel this one, or, if it shall run on a cluster of that name that is created later, delete it and create it then`,
    },
  });
});

test("an attempt that was open before the deletion goes on to its end", () => {
  const cluster = liveCluster(deletedAt);
  expect(findFor(cluster, [openAttempt])).toEqual({ ok: true, value: cluster });
});

test("an attempt that is over gives no right to another", () => {
  const { ok } = findFor(liveCluster(deletedAt), [{ ...openAttempt, ended: "DidNotRun" }]);
  expect(ok).toBe(false);
});
