import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { summariseArray, type ArraySummary } from "../../../src/core/slurm/array-summary.ts";
import type { ArrayEvidence } from "../../../src/core/slurm/array-summary-evidence.ts";
import type { JobRow } from "../../../src/core/slurm/job-row.ts";
import { WatchedCluster, type SubmittedJob } from "./watched-cluster.ts";

const lab = inject("lab");

const summarise = (
  indexes: readonly number[],
  rows: readonly JobRow[],
  given: Partial<ArrayEvidence> = {},
): ArraySummary =>
  summariseArray({
    indexes,
    rows,
    accounting: [],
    exits: [],
    remembered: new Map(),
    cancelled: false,
    waitsOver: false,
    turnedAwayCode: 113,
    ...given,
  });

const upTo = (last: number): readonly number[] => Array.from({ length: last + 1 }, (_, n) => n);

// The clusters side by side, each one test after the other: most of the time goes by waiting for Slurm.
describe.concurrent.each(["c1", "c2"] as const)("%s", (name) => {
  describe("arrays", { concurrent: false }, () => {
    let cluster: WatchedCluster;
    /** Requeued at once: it waits ten seconds, and the other tests meanwhile. */
    let requeued: SubmittedJob;
    beforeAll(async () => {
      cluster = new WatchedCluster(lab, name);
      const script = '[ -n "$SLURM_RESTART_COUNT" ] || sleep 600';
      requeued = await cluster.submit({ script, options: "--requeue --array=0-2" });
      await summaryOnce(requeued, upTo(2), (some) => countOf(some, "RUNNING") === 3);
      await cluster.run("root", `scontrol requeue ${requeued.jobId}_1`);
    });
    afterAll(async () => cluster[Symbol.asyncDispose]());

    /** The summary of the array's rows, as soon as it is as expected. */
    const summaryOnce = async (
      job: SubmittedJob,
      indexes: readonly number[],
      isAsExpected: (summary: ArraySummary) => boolean,
    ): Promise<ArraySummary> =>
      summarise(indexes, await cluster.rowsOnce(job, (rows) => isAsExpected(summarise(indexes, rows))));

    const countOf = (summary: ArraySummary, state: string): number =>
      summary.states.find((group) => group.state === state)?.count ?? 0;

    test("a task that is requeued waits again, and its array runs on", async () => {
      const waiting = await summaryOnce(requeued, upTo(2), (some) => countOf(some, "PENDING") === 1);
      expect(waiting).toMatchObject({
        overall: { is: "live", state: "RUNNING" },
        states: [
          { state: "PENDING", count: 1, indexes: "1" },
          { state: "RUNNING", count: 2, indexes: "0,2" },
        ],
      });
    });

    test("held as a whole: one row for all tasks, however many and scattered", async () => {
      // Slurm cuts such a list at 64 characters unless it is told not to.
      const indexes = upTo(199).filter((index) => index % 3 !== 1);
      const job = await cluster.submit({ options: `--hold --array=${indexes.join(",")}%5` });
      const rows = await cluster.rowsOnce(job, (some) => some.length > 0);
      expect(rows).toMatchObject([{ ...job, state: "PENDING", reason: "JobHeldUser" }]);
      expect(summarise(indexes, rows)).toMatchObject({
        overall: { is: "live", state: "PENDING" },
        states: [{ state: "PENDING", count: 133, indexes: summarise(indexes, rows).states[0]?.indexes }],
        startedAt: undefined,
        endedAt: undefined,
      });
    });

    test("some run, the rest waits for the array's own limit; what is cancelled there leaves no trace", async () => {
      const job = await cluster.submit({ script: "sleep 600", options: "--array=0-9%3" });
      const summary = await summaryOnce(job, upTo(9), (some) => countOf(some, "RUNNING") === 3);
      expect(summary).toMatchObject({
        overall: { is: "live", state: "RUNNING" },
        states: [
          { state: "PENDING", count: 7, indexes: "3-9" },
          { state: "RUNNING", count: 3, indexes: "0-2" },
        ],
      });
      await cluster.run("alice", `scancel ${job.jobId}_[4-6] ${job.jobId}_1`);
      const fewer = await summaryOnce(
        job,
        upTo(9),
        (some) => countOf(some, "CANCELLED") === 1 && countOf(some, "RUNNING") === 3,
      );
      expect(fewer.states).toEqual([
        { state: "PENDING", count: 3, indexes: "7-9" },
        { state: "RUNNING", count: 3, indexes: "0,2-3" },
        { state: "CANCELLED", count: 1, indexes: "1" },
        { state: "UNKNOWN", count: 3, indexes: "4-6" },
      ]);
      await cluster.run("alice", `scancel ${job.jobId}`);
      const rows = await cluster.rowsOnce(job, (some) => summarise(upTo(9), some).overall.is !== "live");
      expect(summarise(upTo(9), rows, { cancelled: true, waitsOver: true })).toMatchObject({
        overall: { is: "ended", state: "CANCELLED" },
        states: [{ state: "CANCELLED", count: 10, indexes: "0-9" }],
      });
    });

    test("whose pending tasks are cancelled one by one keeps a row without a list", async () => {
      const job = await cluster.submit({ script: "sleep 600", options: "--array=0-5%1" });
      await summaryOnce(job, upTo(5), (some) => countOf(some, "RUNNING") === 1);
      await cluster.run("alice", `scancel ${job.jobId}_[1-5]`);
      const rows = await cluster.rowsOnce(job, (some) => some.some((row) => row.taskIndexes === undefined));
      expect(rows.find((row) => row.taskIndexes === undefined)).toMatchObject({ ...job, state: "CANCELLED" });
      expect(summarise(upTo(5), rows, { waitsOver: true })).toMatchObject({
        overall: { is: "live", state: "RUNNING" },
        states: [
          { state: "RUNNING", count: 1, indexes: "0" },
          { state: "CANCELLED", count: 5, indexes: "1-5" },
        ],
      });
      await cluster.run("alice", `scancel ${job.jobId}`);
    });

    test("ended in different ways: every task is counted, the last one with the master's own id too", async () => {
      const script = "case $SLURM_ARRAY_TASK_ID in 2) exit 4 ;; 3) kill -KILL $$ ;; *) exit 0 ;; esac";
      const job = await cluster.submit({ script, options: "--array=0-5" });
      const summary = await summaryOnce(job, upTo(5), (some) => some.overall.is === "ended");
      expect(summary).toMatchObject({
        overall: { is: "ended", state: "FAILED", exit: { code: 4, signal: 0 }, index: 2 },
        states: [
          { state: "COMPLETED", count: 4, indexes: "0-1,4-5" },
          { state: "FAILED", count: 2, indexes: "2-3" },
        ],
      });
      expect(summary.endedAt).toBeGreaterThanOrEqual(summary.startedAt ?? Number.POSITIVE_INFINITY);
    });

    test("all completed", async () => {
      const job = await cluster.submit({ options: "--array=1-7:2" });
      const summary = await summaryOnce(job, [1, 3, 5, 7], (some) => some.overall.is === "ended");
      expect(summary).toMatchObject({
        overall: { is: "ended", state: "COMPLETED", exit: { code: 0, signal: 0 }, index: 1 },
        states: [{ state: "COMPLETED", count: 4, indexes: "1-7:2" }],
      });
    });

    test("cancelled while all of it waited: the row stays one list", async () => {
      const job = await cluster.submit({ options: "--hold --array=0-9" });
      await cluster.rowsOnce(job, (some) => some.length === 1);
      await cluster.run("alice", `scancel ${job.jobId}`);
      const summary = await summaryOnce(job, upTo(9), (some) => some.overall.is === "ended");
      expect(summary).toMatchObject({
        overall: { is: "ended", state: "CANCELLED" },
        states: [{ state: "CANCELLED", count: 10, indexes: "0-9" }],
        startedAt: undefined,
      });
    });

    test("components of a heterogeneous job have a row each, with the leader's id", async () => {
      const job = await cluster.submit({ script: "sleep 600", options: "-n1 : -n2" });
      const rows = await cluster.rowsOnce(
        job,
        (some) => some.length === 2 && some.every((row) => row.state === "RUNNING"),
      );
      const components = rows.map(({ jobId, hetOffset, taskIndexes }) => ({ jobId, hetOffset, taskIndexes }));
      expect(components.toSorted((a, b) => (a.hetOffset ?? 0) - (b.hetOffset ?? 0))).toEqual([
        { jobId: job.jobId, hetOffset: 0, taskIndexes: undefined },
        { jobId: job.jobId, hetOffset: 1, taskIndexes: undefined },
      ]);
    });

    test("that task runs again, with its restart counted", async () => {
      const isOver = (row: JobRow): boolean => row.taskIndexes === "1" && row.state === "COMPLETED";
      const rows = await cluster.rowsOnce(requeued, (some) => some.some(isOver));
      expect(rows.find(isOver)).toMatchObject({ restarts: 1, exit: { code: 0, signal: 0 } });
      expect(summarise(upTo(2), rows).overall).toEqual({ is: "live", state: "RUNNING" });
    });
  });
});
