import { describe, expect, test } from "vitest";
import { instant } from "../../../../src/core/instant.ts";
import { not, waiting } from "../../../../src/core/problem.ts";
import type { HoldAnswer } from "../../../../src/core/submission/facts.ts";
import {
  asked,
  attempt,
  conditionsOf,
  decided,
  look,
  now,
  row,
  submission,
  writing,
  written,
} from "./world.ts";

const suspend = { spec: { suspend: true } };
const open = row({ state: "PENDING", reason: "Resources", priority: 10 });
const held = row({ state: "PENDING", reason: "JobHeldUser", priority: 0 });
const answer = (refusal?: string): HoldAnswer => ({ at: now, refusal });
const sentWith = (change: { held?: true }, spec: object = suspend) =>
  submission({ phase: "Submitted", jobId: "7", attempts: [attempt({ jobId: "7", ...change })] }, spec);

describe("before it is sent", () => {
  test("it waits without being prepared, and nothing reconciles", () => {
    const step = decided({ submission: submission({}, suspend), prepared: undefined });
    expect(written(step).phase).toBe("Created");
    expect(conditionsOf(step)).toEqual({
      Dispatched: "False Suspended",
      Ready: "Unknown Suspended",
      Succeeded: "Unknown Suspended",
    });
    expect(writing(step).notes).toEqual([
      {
        type: "Normal",
        reason: "Suspended",
        action: "Suspend",
        message: "Not sent, as spec.suspend asks; set it to false to send it.",
      },
    ]);
  });

  test("an attempt that is stored and not yet sent is made void, whatever is prepared", () => {
    const stored = submission({ attempts: [attempt()] }, suspend);
    expect(asked(decided({ submission: stored }))).toBe("void");
    const fenced = decided({
      submission: stored,
      answers: { void: { is: "fenced", owner: { is: "void" } } },
    });
    expect(written(fenced).attempts).toEqual([attempt({ ended: "DidNotRun" })]);
    expect(conditionsOf(fenced)["Succeeded"]).toBe("Unknown Suspended");
  });

  test("a job that was accepted before that is followed", () => {
    const stored = submission({ attempts: [attempt()] }, suspend);
    const step = decided({
      submission: stored,
      answers: { void: { is: "fenced", owner: { is: "job", jobId: 7 } } },
    });
    expect(written(step).jobId).toBe("7");
  });

  test("the time that it was suspended does not count against the timeout for what is missing", () => {
    const missing = not(waiting("ScriptNotFound", "there is no such script"));
    const suspended = decided({ submission: submission({}, suspend) });
    const resumed = submission(written(suspended), {
      spec: { suspend: false, missingReferenceTimeoutSeconds: 100 },
    });
    const first = decided({ submission: resumed, prepared: missing });
    expect(written(first).resumedAt).toBe("2026-11-22T12:00:00Z");
    const later = { submission: { ...resumed, status: written(first) }, prepared: missing };
    expect(written(decided({ ...later, now: instant(now + 99_000) })).phase).toBe("Created");
    expect(written(decided({ ...later, now: instant(now + 100_000) })).phase).toBe("Rejected");
  });
});

describe("a job that waits in the queue", () => {
  test("that it is held by us is stored before it is done", () => {
    const step = decided({ submission: sentWith({}), latest: look([open]) });
    expect(written(step).attempts).toEqual([attempt({ jobId: "7", held: true })]);
    expect(writing(step).next).toBe("again");
  });

  test.each([
    { what: "then it is held", answers: {}, latest: look([open]), asks: "hold" },
    { what: "and looked at anew", answers: { hold: answer() }, latest: look([open]), asks: "look" },
    {
      what: "what came back to the queue is held as well",
      answers: {},
      latest: look([held, open]),
      asks: "hold",
    },
  ])("$what", ({ answers, latest, asks }) => {
    expect(asked(decided({ submission: sentWith({ held: true }), latest, answers }))).toBe(asks);
  });

  test.each([
    {
      what: "held by us",
      change: { held: true as const },
      rows: [held],
      reason: "Unknown Suspended",
      message: "Job 7 waits in the queue, held by spec.suspend; set it to false to release it.",
    },
    {
      what: "held by somebody else",
      change: {},
      rows: [held],
      reason: "Unknown Suspended",
      message:
        'Job 7 waits in the queue, held, but not by spec.suspend, which releases only what it held itself: "scontrol release 7" on the cluster does.',
    },
    {
      what: "running",
      change: {},
      rows: [row()],
      reason: "Unknown JobRunning",
      message:
        "The job is RUNNING. It goes on although spec.suspend is true, which only holds what waits in the queue; spec.cancel ends it.",
    },
  ])("the message says who holds it: $what", ({ change, rows, reason, message }) => {
    const step = decided({ submission: sentWith(change), latest: look(rows) });
    expect(conditionsOf(step)["Succeeded"]).toBe(reason);
    expect(written(step).conditions?.find(({ type }) => type === "Succeeded")?.message).toBe(message);
  });

  test("what Slurm does not hold is told and asked again", () => {
    const step = decided({
      submission: sentWith({ held: true }),
      latest: look([open], { begun: 1 }),
      answers: { hold: answer("Access denied") },
    });
    expect(conditionsOf(step)).toMatchObject({
      Succeeded: "Unknown JobPending",
      Reconciling: "True JobPending",
    });
    expect(written(step).conditions?.find(({ type }) => type === "Succeeded")?.message).toContain(
      "Access denied",
    );
    expect(writing(step).next).toEqual({ wait: 30_000 });
  });
});

describe("when it is let go", () => {
  const go = { spec: { suspend: false } };

  test("what was not held by us is not released", () => {
    const step = decided({ submission: sentWith({}, go), latest: look([held]) });
    expect(written(step).attempts).toEqual([attempt({ jobId: "7" })]);
  });

  test("what we hold is released, looked at, and only then no longer on record", () => {
    const submission = sentWith({ held: true }, go);
    expect(decided({ submission, latest: look([held]) })).toEqual({
      do: "ask",
      question: { ask: "hold", held: false },
    });
    expect(asked(decided({ submission, latest: look([held]), answers: { release: answer() } }))).toBe("look");
    const step = decided({
      submission,
      latest: look([open], { begun: 1 }),
      answers: { release: answer() },
    });
    expect(written(step).attempts?.[0]?.held).toBeUndefined();
  });

  test("a refused release is told and asked again; a hold by somebody else after ours is his", () => {
    const submission = sentWith({ held: true }, go);
    const latest = look([held], { begun: 1 });
    const refused = decided({ submission, latest, answers: { release: answer("Access denied") } });
    expect(written(refused).attempts?.[0]?.held).toBe(true);
    expect(writing(refused).next).toEqual({ wait: 30_000 });
    const again = decided({ submission, latest, answers: { release: answer() } });
    expect(written(again).attempts?.[0]?.held).toBeUndefined();
  });

  test("also where it has ended or runs by then", () => {
    const step = decided({
      submission: sentWith({ held: true }, go),
      latest: look([row()], { begun: 1 }),
      answers: { release: answer() },
    });
    expect(written(step).attempts?.[0]?.held).toBeUndefined();
  });
});

test("cancelled while held, it is closed and cancelled as ever", () => {
  const cancel = { spec: { suspend: true, cancel: true } };
  expect(asked(decided({ submission: sentWith({ held: true }, cancel), latest: look([held]) }))).toBe(
    "close",
  );
});
