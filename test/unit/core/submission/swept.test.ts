import { describe, expect, test } from "vitest";
import { waiting } from "../../../../src/core/problem.ts";
import type { ExitMark, Marks } from "../../../../src/core/slurm/marks.ts";
import { reasons } from "../../../../src/core/submission/reasons.ts";
import {
  asked,
  attempt,
  conditionsOf,
  decided,
  exited,
  look,
  noMarks,
  now,
  owned,
  row,
  sent,
  submission,
  written,
} from "./world.ts";

const quiet = { ...owned, quietSince: 4, quietFrom: now };
const cancelledByUs = row({ state: "CANCELLED", restarts: 1, exit: { code: 0, signal: 15 } });

describe("a job that was over and is back in the queue behind the close", () => {
  const back = look([row({ state: "PENDING", restarts: 1 })], { begun: 2000, tick: 2 });
  const telling = decided({ submission: sent, latest: back, memory: owned });
  const told = submission(written(telling));
  const gone = look([cancelledByUs], { begun: 9000, tick: 9 });
  const unmarked = { ...noMarks, owner: { is: "job", jobId: 7 } } as const satisfies Marks;
  const answers = { marks: unmarked, accounting: "none", log: null } as const;

  test("is cancelled there, which is stored before it is done", () => {
    expect(written(telling).attempts).toEqual([attempt({ jobId: "7", swept: true })]);
    expect(conditionsOf(telling)).toMatchObject({ Reconciling: "True Ending" });
    expect(asked(decided({ submission: told, latest: back, memory: owned }))).toBe("cancel");
  });

  test("is not followed if it has started meanwhile: it is turned away or cancelled", () => {
    const started = look([row({ restarts: 1 })], { begun: 3000, tick: 3 });
    expect(decided({ submission: told, latest: started, memory: owned })).toEqual({ do: "wait", ms: 5000 });
  });

  test("ended as its mark says, not as our cancel looks", () => {
    const step = decided({
      submission: told,
      latest: gone,
      memory: quiet,
      answers: { ...answers, marks: exited(3) },
    });
    expect(written(step)).toMatchObject({ state: "FAILED", exitCode: 3 });
    expect(conditionsOf(step)).toMatchObject({ Succeeded: "False JobFailed" });
  });

  test("is lost without a mark, though Slurm says CANCELLED", () => {
    const step = decided({ submission: told, latest: gone, memory: quiet, answers });
    expect(conditionsOf(step)).toMatchObject({ Succeeded: "False JobLost" });
  });

  test("is closed again, and not followed, by an operator that knows nothing but the status", () => {
    expect(asked(decided({ submission: told, latest: back }))).toBe("close");
    expect(asked(decided({ submission: told, latest: look([], { begun: 5000 }) }))).toBe("close");
  });

  test.each([
    ["a long outage", waiting("ClusterNotReady", "c1 is down")],
    ["a login that was gone for a while", waiting(reasons.LoginChanged, "no tenant has it")],
  ])("is told as lost after %s, too", (_what, unavailable) => {
    const outage = decided({ submission: told, unavailable, unavailableMs: 700_000 });
    const after = submission(written(outage));
    const step = decided({ submission: after, latest: gone, memory: quiet, answers });
    expect(conditionsOf(step)).toMatchObject({ Succeeded: "False JobLost" });
  });
});

test("a task that its user cancelled stays cancelled beside one that we cancel", () => {
  const array = submission({
    ...sent.status,
    effectiveOptions: [{ option: "array", value: "0-2", from: "Submission" }],
  });
  const task = (index: number, change: Parameters<typeof row>[0]) =>
    row({ taskIndexes: `${index}`, ...change });
  const done = task(0, { state: "COMPLETED", exit: { code: 0, signal: 0 } });
  const byUser = task(1, { state: "CANCELLED", exit: { code: 0, signal: 0 } });
  const back = look([done, byUser, task(2, { state: "PENDING", restarts: 1 })], { begun: 2000, tick: 2 });
  const told = submission({
    ...written(decided({ submission: array, latest: back, memory: owned })),
  });
  const exits = [0, 2].map((taskIndex): ExitMark => ({
    jobId: 7,
    taskIndex,
    end: { is: "exited", code: 0 },
    restart: 0,
    at: now,
  }));
  const step = decided({
    submission: told,
    latest: look([done, byUser, { ...cancelledByUs, taskIndexes: "2" }], { begun: 9000, tick: 9 }),
    memory: quiet,
    answers: {
      marks: { ...exited(0), exits },
      accounting: "none",
      log: null,
      logPath: `${attempt().directory}/work/slurm-7_1.out`,
    },
  });
  expect(written(step).array?.states).toEqual([
    { state: "COMPLETED", count: 2, indexes: "0,2" },
    { state: "CANCELLED", count: 1, indexes: "1" },
  ]);
  expect(conditionsOf(step)).toMatchObject({ Succeeded: "False JobCancelled" });
});
