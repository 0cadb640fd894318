import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { instant } from "../../../src/core/instant.ts";
import { summariseArray } from "../../../src/core/slurm/array-summary.ts";
import type { JobRow } from "../../../src/core/slurm/job-row.ts";
import { setSlurm, startDaemon, stopDaemon } from "../../lab/daemons.ts";
import { eventually } from "../../lab/eventually.ts";
import { WatchedCluster, type SubmittedJob } from "./watched-cluster.ts";

const lab = inject("lab");
const begun = instant(Date.now());
const call = () => ({ signal: AbortSignal.timeout(30_000) });

const inAccounts = (cluster: WatchedCluster, jobs: readonly SubmittedJob[], known = true) =>
  cluster.poller.accounting(
    jobs.map(({ token, jobId }) => ({
      token,
      jobId: known ? jobId : undefined,
      user: "alice",
      since: begun,
    })),
    call(),
  );

describe("jobs that have left the queue", () => {
  let cluster: WatchedCluster;
  let failed: SubmittedJob;
  let neverEligible: SubmittedJob;
  let array: SubmittedJob;
  let requeued: SubmittedJob;
  let named: SubmittedJob;

  beforeAll(async () => {
    // How long an ended job stays in the queue: a minute in the lab, five by default.
    await setSlurm(lab, "c1", { MinJobAge: 2 });
    cluster = new WatchedCluster(lab, "c1");
    requeued = await cluster.submit({
      script: '[ -n "$SLURM_RESTART_COUNT" ] && exit 9; sleep 600',
      options: "--requeue",
    });
    failed = await cluster.submit({ script: "exit 7" });
    named = await cluster.submit({
      script: "exit 3",
      options: String.raw`-J $'a|b\nc\x1fd' --comment=$'x\ny|z'`,
    });
    neverEligible = await cluster.submit({ options: "--hold" });
    array = await cluster.submit({ script: "sleep 600", options: "--array=0-9%2" });
    await cluster.rowIn(requeued, "RUNNING");
    await cluster.run("root", `scontrol requeue ${requeued.jobId}`);
    await cluster.rowsOnce(array, (rows) => rows.filter((row) => row.state === "RUNNING").length === 2);
    await cluster.run("alice", `scancel ${array.jobId} ${neverEligible.jobId}`);
    await cluster.rowIn(requeued, "FAILED");
  });
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
    await setSlurm(lab, "c1", { MinJobAge: 60 });
  });

  test("are gone from a complete answer", async () => {
    const left = await eventually(
      async () => {
        const { rows } = await cluster.look();
        const still = [failed, named, neverEligible, array, requeued].filter(({ token }) => rows.has(token));
        return still.length === 0 ? still : undefined;
      },
      { within: 60_000 },
    );
    expect(left).toEqual([]);
  }, 70_000);

  const rowOf = async (job: SubmittedJob, known = true): Promise<JobRow | undefined> =>
    eventually(async () => (await inAccounts(cluster, [job], known))?.get(job.token)?.[0], {
      within: 20_000,
    });

  test("accounting tells how they ended", async () => {
    const row = await rowOf(failed);
    expect(row).toMatchObject({
      ...failed,
      user: "alice",
      state: "FAILED",
      exit: { code: 7, signal: 0 },
      partition: "main",
      timeLimitSeconds: 3_600,
      restarts: 0,
    });
    expect(row?.endedAt).toBeGreaterThanOrEqual(row?.startedAt ?? Number.POSITIVE_INFINITY);
    expect(Math.abs((row?.submittedAt ?? 0) - Date.now())).toBeLessThan(180_000);
  });

  test("a job whose id nobody knows is found by its token", async () => {
    expect(await rowOf(failed, false)).toMatchObject({
      ...failed,
      state: "FAILED",
      exit: { code: 7, signal: 0 },
    });
  });

  test("names with newlines and delimiters spoil no row", async () => {
    expect(await rowOf(named)).toMatchObject({ ...named, state: "FAILED", exit: { code: 3, signal: 0 } });
  });

  test("a job that was cancelled before it could ever start is there by its id", async () => {
    expect(await rowOf(neverEligible)).toMatchObject({
      ...neverEligible,
      state: "CANCELLED",
      startedAt: undefined,
      nodes: "",
    });
  });

  test("the newest run of a requeued job counts", async () => {
    expect(await rowOf(requeued)).toMatchObject({
      state: "FAILED",
      exit: { code: 9, signal: 0 },
      restarts: 1,
    });
  });

  test("every task of a cancelled array is accounted for", async () => {
    const rows = (await inAccounts(cluster, [array]))?.get(array.token) ?? [];
    const indexes = Array.from({ length: 10 }, (_, n) => n);
    const none = {
      rows: [],
      exits: [],
      remembered: new Map(),
      cancelled: true,
      waitsOver: false,
      turnedAwayCode: 113,
    };
    expect(summariseArray({ indexes, accounting: rows, ...none })).toMatchObject({
      overall: { is: "ended", state: "CANCELLED" },
      states: [{ state: "CANCELLED", count: 10, indexes: "0-9" }],
    });
  });

  test("many callers at one time are few questions", async () => {
    const before = cluster.asked.filter(({ command }) => command === "sacct").length;
    const answers = await Promise.all(Array.from({ length: 50 }, () => inAccounts(cluster, [failed])));
    expect(answers.every((answer) => answer?.get(failed.token)?.length === 1)).toBe(true);
    expect(cluster.asked.filter(({ command }) => command === "sacct").length - before).toBeLessThanOrEqual(2);
  });

  test("an unknown job is absent from a good answer", async () => {
    const unknown = { token: failed.token.replace(/.-1$/u, "0-2") as SubmittedJob["token"], jobId: 999_999 };
    expect(await inAccounts(cluster, [unknown])).toEqual(new Map());
  });

  test("a slurmdbd that is down is an error, never an absence", async () => {
    await stopDaemon(lab, "c1", "slurmdbd");
    try {
      await expect(inAccounts(cluster, [failed])).rejects.toMatchObject({
        name: "PollFailure",
        kind: "SlurmFailed",
      });
    } finally {
      await startDaemon(lab, "c1", "slurmdbd");
    }
    expect(await rowOf(failed)).toMatchObject({ state: "FAILED" });
  });
});

test("a cluster without accounting says so", async () => {
  await using cluster = new WatchedCluster(lab, "c2");
  const job = await cluster.submit({});
  expect(await inAccounts(cluster, [job])).toBeUndefined();
});
