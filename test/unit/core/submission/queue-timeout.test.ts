import { describe, expect, test } from "vitest";
import { instant } from "../../../../src/core/instant.ts";
import {
  asked,
  attempt,
  conditionsOf,
  decided,
  free,
  look,
  now,
  row,
  submission,
  writing,
  written,
} from "./world.ts";

const spec = { spec: { queueTimeoutSeconds: 60 } };
const pending = row({ state: "PENDING", reason: "Resources" });
/** Accepted at `now`. */
const queued = (change: Parameters<typeof attempt>[0] = {}, status: object = {}) =>
  submission(
    {
      phase: "Submitted",
      jobId: "7",
      reason: { word: "Resources", text: "waits for free nodes" },
      attempts: [attempt({ jobId: "7", ...change })],
      conditions: [
        {
          type: "Dispatched",
          status: "True",
          reason: "Dispatched",
          message: "",
          lastTransitionTime: "2026-11-22T12:00:00Z",
          observedGeneration: 1,
        },
      ],
      ...status,
    },
    spec,
  );
const late = instant(now + 60_000);
const timedOut = queued({ queueTimedOut: true });

test("until then it waits, and is looked at when the time is over", () => {
  const step = decided({ submission: queued(), latest: look([pending]), now: instant(now + 50_000) });
  expect(writing(step).next).toEqual({ wait: 10_000 });
});

test("after that the fence tells whether it has started", () => {
  expect(asked(decided({ submission: queued(), latest: look([pending]), now: late }))).toBe("void");
});

test.each([
  {
    what: "it has: it runs on",
    owner: { is: "job", jobId: 7 } as const,
    timedOut: undefined,
    reason: "JobPending",
  },
  {
    what: "it has not: that is stored before it is cancelled",
    owner: { is: "void" } as const,
    timedOut: true,
    reason: "QueueTimeout",
  },
])("$what", ({ owner, timedOut: stored, reason }) => {
  const step = decided({
    submission: queued(),
    latest: look([pending]),
    now: late,
    answers: { void: { is: "fenced", owner } },
  });
  expect(written(step).attempts?.[0]?.queueTimedOut).toBe(stored);
  expect(conditionsOf(step)["Succeeded"]).toBe(`Unknown ${reason}`);
  expect(written(step).phase).toBe("Submitted");
});

test.each([
  { what: "a job that runs", rows: [row()], status: {} },
  {
    what: "a job that ran and was sent back to the queue",
    rows: [row({ state: "PENDING", restarts: 1 })],
    status: {},
  },
  {
    what: "a job that was let go just now",
    rows: [pending],
    status: { resumedAt: "2026-11-22T12:00:30Z" },
  },
])("not $what", ({ rows, status }) => {
  const step = decided({ submission: queued({}, status), latest: look(rows), now: late });
  expect(step.do).toBe("write");
});

test("not a job that is suspended", () => {
  const held = row({ state: "PENDING", reason: "JobHeldUser", priority: 0 });
  const suspended = { ...queued(), spec: { ...queued().spec, suspend: true } };
  expect(conditionsOf(decided({ submission: suspended, latest: look([held]), now: late }))["Succeeded"]).toBe(
    "Unknown Suspended",
  );
});

test("not an array of which a task has started", () => {
  const status = { effectiveOptions: [{ option: "array", value: "0-3", from: "Script" }] };
  const rows = [row({ taskIndexes: "0", state: "COMPLETED" }), row({ taskIndexes: "1-3", state: "PENDING" })];
  expect(decided({ submission: queued({}, status), latest: look(rows), now: late }).do).toBe("write");
});

describe("once that is stored", () => {
  test.each([
    { what: "the token is closed", seen: {}, asks: "close" },
    {
      what: "the job is cancelled",
      seen: { memory: free, latest: look([pending], { begun: 2000 }) },
      asks: "cancel",
    },
    {
      what: "and waited for until it is gone",
      seen: { memory: free, latest: look([pending], { begun: 2000 }), answers: { cancelled: [7] } },
      asks: "write",
    },
  ])("$what", ({ seen, asks }) => {
    expect(asked(decided({ submission: timedOut, ...seen }))).toBe(asks);
  });

  test("then it is over, and says for what it waited", () => {
    const step = decided({
      submission: timedOut,
      memory: free,
      latest: look([row({ state: "CANCELLED", reason: "None" })], { begun: 2000 }),
      answers: { cancelled: [] },
    });
    expect(written(step)).toMatchObject({
      phase: "Aborted",
      state: "CANCELLED",
      reason: { word: "Resources" },
      attempts: [{ queueTimedOut: true, ended: "DidNotRun" }],
    });
    expect(conditionsOf(step)).toMatchObject({
      Succeeded: "False QueueTimeout",
      Dispatched: "False QueueTimeout",
    });
    expect(written(step).conditions?.find(({ type }) => type === "Succeeded")?.message).toBe(
      "Job 7 waited in the queue of Slurm cluster c1 without starting for as long as spec.queueTimeoutSeconds allows (60 s), so it was cancelled; nothing of it ran. Slurm's reason was: waits for free nodes.",
    );
  });
});
