import { describe, expect, test } from "vitest";
import type { JobSubmissionStatus } from "../../../../src/api/v1alpha1/job-submission-status.ts";
import { instant } from "../../../../src/core/instant.ts";
import { saysTheSame } from "../../../../src/core/slurm/job-row.ts";
import { toTime } from "../../../../src/core/status/time.ts";
import type { Observed } from "../../../../src/core/submission/observed.ts";
import { describeRoom } from "../../../../src/core/submission/partitions.ts";
import {
  attempt,
  asked,
  conditionsOf,
  decided,
  look,
  noMarks,
  now,
  row,
  sent,
  submission,
  writing,
  written,
} from "./world.ts";

const minute = 60_000;
const hour = 60 * minute;
const at = (ms: number) => instant(now + ms);
const pending = (expected?: number, change = {}) =>
  row({
    state: "PENDING",
    reason: "Resources",
    startedAt: undefined,
    nodes: "",
    timeLimitSeconds: 300,
    ...(expected === undefined ? {} : { expectedAt: at(expected) }),
    ...change,
  });

const accepted = (status: JobSubmissionStatus = {}): JobSubmissionStatus => ({
  ...sent.status,
  conditions: [
    {
      type: "Dispatched",
      status: "True",
      reason: "Dispatched",
      message: "",
      lastTransitionTime: toTime(now),
      observedGeneration: 1,
    },
  ],
  ...status,
});

const seen = (
  rows: Parameters<typeof look>[0],
  {
    ms = 0,
    status = accepted(),
    ...change
  }: { ms?: number; status?: JobSubmissionStatus } & Partial<Observed> = {},
) => ({ submission: submission(status), latest: look(rows), now: at(ms), queuedLongMs: hour, ...change });

describe("the estimated start of a job in the queue", () => {
  const first = written(decided(seen([pending(30 * minute)])));

  test("is written when it is first known", () => {
    expect(first.queue).toEqual({ estimatedStartAt: toTime(at(30 * minute)), updatedAt: toTime(now) });
    const unknown = written(decided(seen([pending()])));
    expect(unknown.queue).toBeUndefined();
    const known = decided(seen([pending(30 * minute)], { status: unknown, ms: minute }));
    expect(written(known).queue).toEqual({
      estimatedStartAt: toTime(at(30 * minute)),
      updatedAt: toTime(at(minute)),
    });
  });

  test("is not written with each tick when it moves, but after ten minutes", () => {
    for (const ms of [minute, 5 * minute, 10 * minute - 1]) {
      const step = decided(seen([pending(50 * minute + ms)], { status: first, ms }));
      expect(step).toEqual({ do: "wait", ms: 10 * minute - ms });
    }
    const later = decided(seen([pending(50 * minute)], { status: first, ms: 10 * minute }));
    expect(written(later).queue?.estimatedStartAt).toBe(toTime(at(50 * minute)));
  });

  test("is not written again where it stays about the same", () => {
    const step = decided(seen([pending(30 * minute + 59_000)], { status: first, ms: 20 * minute }));
    expect(asked(step)).toBe("wait");
  });

  test("goes along with other news", () => {
    const step = decided(seen([pending(40 * minute, { reason: "Priority" })], { status: first, ms: minute }));
    expect(written(step).queue?.estimatedStartAt).toBe(toTime(at(40 * minute)));
  });

  test("goes when the job starts", () => {
    const step = decided(seen([row()], { status: first, ms: minute }));
    expect(written(step)).toMatchObject({ state: "RUNNING" });
    expect(written(step).queue).toBeUndefined();
  });

  test("the place in line stands beside it, and is news when it has about halved", () => {
    const waits = (ahead?: number) => pending(undefined, ahead === undefined ? {} : { ahead });
    const far = written(decided(seen([waits(100)])));
    expect(far.queue).toEqual({ ahead: 100, updatedAt: toTime(now) });
    const later = (ahead: number, ms: number) => decided(seen([waits(ahead)], { status: far, ms }));
    expect(asked(later(70, 20 * minute))).toBe("wait");
    expect(later(40, minute)).toEqual({ do: "wait", ms: 9 * minute });
    expect(written(later(40, 10 * minute)).queue).toEqual({
      ahead: 40,
      updatedAt: toTime(at(10 * minute)),
    });
    const late = written(decided(seen([waits(7)], { status: far, ms: hour })));
    expect(late.conditions?.find(({ type }) => type === "QueuedLong")?.message).toContain(
      "7 jobs of its partition go before it by priority.",
    );
    expect(saysTheSame(waits(100), waits(70))).toBe(true);
    expect(saysTheSame(waits(100), waits(40))).toBe(false);
    expect(saysTheSame(waits(1), waits(0))).toBe(false);
    expect(saysTheSame(waits(), waits(0))).toBe(false);
  });

  test("wakes nobody when it moves", () => {
    expect(saysTheSame(pending(1), pending(2))).toBe(true);
    expect(saysTheSame(pending(), pending(2))).toBe(false);
  });
});

describe("a job that waits for longer than is expected", () => {
  const partitions = [
    { name: "main", state: "UP", isDefault: true, free: { cpus: 0, nodes: 0 } },
    { name: "short", state: "UP", isDefault: false, free: { cpus: 12, nodes: 2 } },
  ];
  const before = written(decided(seen([pending()], { partitions })));

  test("is looked at when that is so", () => {
    expect(decided(seen([pending()], { partitions, status: before, ms: 55 * minute }))).toEqual({
      do: "wait",
      ms: 5 * minute,
    });
  });

  const late = decided(seen([pending(2 * hour)], { partitions, status: before, ms: hour }));

  test("has a condition that says why, since when, and where there is room; and one event", () => {
    const message =
      'The job has waited for more than 1 h (spec.queuedLongSeconds of SlurmCluster "c1"): waiting for free nodes. ' +
      "Slurm expects it to start at 2026-11-22T14:00:00Z. Partitions with room now: short (12 CPUs free on 2 nodes).";
    expect(conditionsOf(late)).toMatchObject({
      QueuedLong: "True QueuedLong",
      Succeeded: "Unknown JobPending",
    });
    expect(written(late).conditions?.find(({ type }) => type === "QueuedLong")?.message).toBe(message);
    expect(written(late).queue).toMatchObject({ longSince: toTime(at(hour)) });
    expect(writing(late).notes).toEqual([
      { type: "Warning", reason: "QueuedLong", action: "Watch", message },
    ]);
  });

  test("is told of once, whatever else is written", () => {
    const status = written(late);
    expect(asked(decided(seen([pending(2 * hour)], { partitions, status, ms: hour + minute })))).toBe("wait");
    const other = decided(
      seen([pending(2 * hour, { reason: "Priority" })], { partitions, status, ms: 2 * hour }),
    );
    expect(conditionsOf(other)).toMatchObject({ QueuedLong: "True QueuedLong" });
    expect(writing(other).notes).toEqual([]);
    const lost = decided({
      ...seen([], { status, ms: 2 * hour }),
      unavailable: { policy: "waiting", reason: "ClusterUnreachable", message: "no answer" },
      unavailableMs: hour,
    });
    expect(conditionsOf(lost)).toMatchObject({ QueuedLong: "True QueuedLong" });
  });

  test("no longer has it when it starts", () => {
    const step = decided(seen([row()], { status: written(late), ms: 2 * hour }));
    expect(conditionsOf(step)).not.toHaveProperty("QueuedLong");
  });

  test("has neither condition nor estimate once it is over", () => {
    const cancelled = look(
      [pending(undefined, { state: "CANCELLED", reason: "", exit: { code: 0, signal: 0 } })],
      {
        begun: 5000,
        tick: 9,
      },
    );
    const step = decided({
      submission: submission(written(late), { spec: { cancel: true } }),
      latest: cancelled,
      now: at(2 * hour),
      memory: { closed: { owner: { is: "void" }, at: now } },
      answers: { cancelled: [], marks: noMarks, accounting: "none", own: [] },
    });
    expect(written(step)).toMatchObject({ phase: "Aborted" });
    expect(written(step).queue).toBeUndefined();
    expect(conditionsOf(step)).not.toHaveProperty("QueuedLong");
  });

  test.each(["BeginTime", "Dependency", "JobHeldUser"])(
    "is not late where that is its owner's wish: %s",
    (reason) => {
      const step = decided(seen([pending(undefined, { reason })], { ms: 5 * hour }));
      expect(conditionsOf(step)).not.toHaveProperty("QueuedLong");
    },
  );

  test("is not late once it has started: a requeue, a task that runs", () => {
    for (const rows of [
      [pending(undefined, { restarts: 1 })],
      [row({ taskIndexes: "0" }), pending(undefined, { taskIndexes: "1" })],
    ]) {
      const status = accepted({ attempts: [attempt({ jobId: "7" })] });
      expect(conditionsOf(decided(seen(rows, { status, ms: 5 * hour })))).not.toHaveProperty("QueuedLong");
    }
  });
});

describe("partitions with room", () => {
  const free = (cpus: number) => ({ cpus, nodes: 1 });
  const up = { state: "UP", isDefault: false };
  test.each([
    ["none that is known", [{ ...up, name: "a" }], ""],
    [
      "none with free CPUs",
      [{ ...up, name: "a", free: free(0) }],
      " No partition that it may use has free CPUs now.",
    ],
    [
      "not those that are down, closed to the tenant, or too short for the job",
      [
        { ...up, name: "a", state: "DOWN", free: free(9) },
        { ...up, name: "b", isClosed: true, free: free(9) },
        { ...up, name: "c", maxTimeSeconds: 200, free: free(9) },
        { ...up, name: "d", maxTimeSeconds: 300, free: free(1) },
        { ...up, name: "e", free: free(3) },
      ],
      " Partitions with room now: e (3 CPUs free on 1 nodes), d (1 CPUs free on 1 nodes).",
    ],
  ])("%s", (_what, partitions, text) => {
    expect(describeRoom(partitions, 300)).toBe(text);
  });
});
