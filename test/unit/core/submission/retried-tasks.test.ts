import { describe, expect, test } from "vitest";
import type { JobSubmission, Retry } from "../../../../src/api/v1alpha1/job-submission.ts";
import type { JobSubmissionStatus } from "../../../../src/api/v1alpha1/job-submission-status.ts";
import { instant } from "../../../../src/core/instant.ts";
import { final, not, ok } from "../../../../src/core/problem.ts";
import type { EndedState } from "../../../../src/core/slurm/job-state-phase.ts";
import type { Marks } from "../../../../src/core/slurm/marks.ts";
import { arrayToSend } from "../../../../src/core/submission/retried-tasks.ts";
import type { Step } from "../../../../src/core/submission/step.ts";
import { attempt, decided, look, now, prepared, row, submission, tokenAt, written } from "./world.ts";

const spec = (retry: Partial<Retry> = {}): { spec: Partial<JobSubmission["spec"]> } => ({
  spec: { retry: { limit: 3, backoffSeconds: 0, scope: "FailedTasks", ...retry } },
});
const arrayOf = (array: string, retry: Partial<Retry> = {}): JobSubmission =>
  submission(
    {
      phase: "Submitted",
      jobId: "7",
      attempts: [attempt({ jobId: "7" })],
      effectiveOptions: [{ option: "array", value: array, from: "Submission" }],
    },
    spec(retry),
  );
const marksOf = (jobId: number, outputs: Marks["outputs"] = []): Marks => ({
  owner: { is: "job", jobId },
  closed: true,
  tried: true,
  exits: [],
  outputs,
});
type Tasks = Readonly<Record<number, EndedState>>;
const exitsOf = (jobId: number, tasks: Tasks): Marks["exits"] =>
  Object.entries(tasks).map(([index, state]) => ({
    jobId,
    taskIndex: Number(index),
    end: { is: "exited", code: state === "COMPLETED" ? 0 : 4 },
    restart: 0,
    at: now,
  }));

/** The attempt's job has ended with these tasks, and everything was made certain. */
function ended(
  object: JobSubmission,
  { jobId, tasks, outputs }: { jobId: number; tasks: Tasks; outputs?: Marks["outputs"] },
): Step {
  const rows = Object.entries(tasks).map(([index, state]) =>
    row({
      jobId,
      token: tokenAt(object.status.attempts?.at(-1)?.index ?? 1),
      taskIndexes: index,
      state,
      exit: { code: state === "FAILED" ? 4 : 0, signal: 0 },
    }),
  );
  const seen = {
    submission: object,
    latest: look(rows, { begun: 2000 }),
    memory: { closed: { owner: { is: "job", jobId }, at: instant(now + 1000) } },
    answers: { marks: { ...marksOf(jobId, outputs), exits: exitsOf(jobId, tasks) } },
  } as const;
  const step = decided(seen);
  if (step.do !== "ask" || step.question.ask !== "log") return step;
  const log = { log: null, logPath: step.question.path };
  return decided({ ...seen, answers: { ...seen.answers, ...log } });
}

/** An attempt is opened. */
const opening = (before: JobSubmissionStatus, retry: Partial<Retry> = {}): JobSubmissionStatus => {
  const { effectiveOptions = [] } = before;
  return written(
    decided({ submission: submission(before, spec(retry)), prepared: ok({ ...prepared, effectiveOptions }) }),
  );
};

/** The next attempt, opened and accepted as job `jobId`. */
function sentAgain(before: JobSubmissionStatus, jobId: number, retry: Partial<Retry> = {}): JobSubmission {
  const opened = opening(before, retry);
  const attempts = opened.attempts?.map((one) =>
    one.ended === undefined ? { ...one, jobId: String(jobId) } : one,
  );
  return submission({ ...opened, phase: "Submitted", attempts }, spec(retry));
}

const all = (count: number, change: Tasks): Tasks => ({
  ...Object.fromEntries(Array.from({ length: count }, (_, index) => [index, "COMPLETED" as const])),
  ...change,
});
const states = (status: JobSubmissionStatus): Record<string, string> =>
  Object.fromEntries((status.array?.states ?? []).map(({ state, indexes }) => [state, indexes]));

describe("tasks 3 and 7 of ten fail the first time", () => {
  const outputs = [
    { name: "energy", value: "1", taskIndex: 1 },
    { name: "energy", value: "wrong", taskIndex: 3 },
  ];
  const first = written(
    ended(arrayOf("0-9%4"), { jobId: 7, tasks: all(10, { 3: "FAILED", 7: "FAILED" }), outputs }),
  );

  test("until the next attempt they are shown as they ended", () => {
    expect(first).toMatchObject({
      phase: "Created",
      retry: { count: 1, ends: [{ state: "FAILED", indexes: "3,7" }] },
    });
    expect(states(first)).toEqual({ COMPLETED: "0-2,4-6,8-9", FAILED: "3,7" });
  });

  test("these two alone are sent again, as many at a time as before", () => {
    expect(arrayToSend(submission(first, spec()))).toBe("3,7%4");
    const again = sentAgain(first, 9).status;
    expect(again.attempts?.at(-1)).toMatchObject({ index: 2, tasks: "3,7%4" });
    expect(states(again)).toEqual({ PENDING: "3,7", COMPLETED: "0-2,4-6,8-9" });
    expect(again.array).toMatchObject({ tasks: 10 });
    expect(again.array?.failed).toBeUndefined();
    expect(again.outputs).toEqual([{ name: "energy", value: "1", task: 1 }]);
  });

  test("both complete: so has the whole, with what all attempts put out", () => {
    const step = ended(sentAgain(first, 9), {
      jobId: 9,
      tasks: { 3: "COMPLETED", 7: "COMPLETED" },
      outputs: [{ name: "energy", value: "3", taskIndex: 3 }],
    });
    expect(written(step)).toMatchObject({
      phase: "Done",
      state: "COMPLETED",
      array: { tasks: 10, states: [{ state: "COMPLETED", count: 10, indexes: "0-9" }] },
      // Of the tasks that this attempt ran: that of task 0 lies where the first one was.
      log: { path: `${attempt({ index: 2 }).directory}/work/slurm-9_3.out`, task: 3 },
      outputs: [
        { name: "energy", value: "1", task: 1 },
        { name: "energy", value: "3", task: 3 },
      ],
    });
  });

  test("one fails again: it alone is sent the third time", () => {
    const second = written(ended(sentAgain(first, 9), { jobId: 9, tasks: { 3: "COMPLETED", 7: "FAILED" } }));
    expect(second.retry).toMatchObject({ count: 2, ends: [{ state: "FAILED", indexes: "7" }] });
    const third = ended(sentAgain(second, 11), { jobId: 11, tasks: { 7: "COMPLETED" } });
    expect(written(third)).toMatchObject({ phase: "Done", array: { tasks: 10 } });
  });

  test("the limit is reached: what failed to the last has failed, and the rest has not", () => {
    const step = ended(sentAgain(first, 9, { limit: 1 }), {
      jobId: 9,
      tasks: { 3: "COMPLETED", 7: "FAILED" },
    });
    expect(written(step)).toMatchObject({
      phase: "Aborted",
      state: "FAILED",
      exitCode: 4,
      array: { failed: [{ index: 7, state: "FAILED", exitCode: 4 }] },
    });
    expect(states(written(step))).toEqual({ COMPLETED: "0-6,8-9", FAILED: "7" });
  });

  test("the attempt cannot be sent any more: they ended as they had", () => {
    const opened = opening(first);
    const fenced = decided({
      submission: submission(opened, spec()),
      prepared: not(final("AccountNotAllowed", "not allowed")),
      answers: { void: { is: "fenced", owner: { is: "void" } } },
    });
    const step = decided({
      submission: submission(written(fenced), spec()),
      prepared: not(final("AccountNotAllowed", "not allowed")),
    });
    expect(written(step)).toMatchObject({ phase: "Aborted", state: "FAILED", exitCode: 4 });
    expect(states(written(step))).toEqual({ COMPLETED: "0-2,4-6,8-9", FAILED: "3,7" });
  });
});

test("a task in a state that is not retried keeps its end, and the whole ends by it", () => {
  const first = written(ended(arrayOf("0-3"), { jobId: 7, tasks: all(4, { 1: "TIMEOUT", 2: "NODE_FAIL" }) }));
  expect(first.retry?.ends).toEqual([
    { state: "TIMEOUT", indexes: "1" },
    { state: "NODE_FAIL", indexes: "2" },
  ]);
  expect(arrayToSend(submission(first, spec()))).toBe("2");
  const step = ended(sentAgain(first, 9), { jobId: 9, tasks: { 2: "COMPLETED" } });
  expect(written(step)).toMatchObject({ phase: "Aborted", state: "TIMEOUT" });
  expect(states(written(step))).toEqual({ COMPLETED: "0,2-3", TIMEOUT: "1" });
});

test("scope Job sends the whole array again, and nothing of the first run counts", () => {
  const first = written(
    ended(arrayOf("0-3", { scope: "Job" }), { jobId: 7, tasks: all(4, { 1: "FAILED" }) }),
  );
  expect(first.retry?.ends).toBeUndefined();
  const again = sentAgain(first, 9, { scope: "Job" });
  expect(arrayToSend(again)).toBeUndefined();
  expect(again.status.array).toBeUndefined();
});

test("of 10,000 tasks a list that is too long to be stored whole is not sent in part: it is said", () => {
  const tasks = all(
    10_000,
    Object.fromEntries(Array.from({ length: 1500 }, (_, n) => [(n * n) % 9973, "FAILED"])),
  );
  const step = ended(arrayOf("0-9999"), { jobId: 7, tasks });
  expect(written(step).phase).toBe("Aborted");
  expect(written(step).conditions?.find(({ type }) => type === "Succeeded")?.message).toContain(
    "are not run again: their list has more than 4096 characters",
  );
});

test("a list that can be stored is known whole, even where status.array is cut", () => {
  const failing = Array.from({ length: 700 }, (_, n) => 14 * n + ((n * n) % 7));
  const tasks = all(10_000, Object.fromEntries(failing.map((index) => [index, "FAILED"])));
  const first = written(ended(arrayOf("0-9999"), { jobId: 7, tasks }));
  expect(states(first)["COMPLETED"]).toMatch(/\.\.\.$/u);
  const step = ended(sentAgain(first, 9), {
    jobId: 9,
    tasks: Object.fromEntries(failing.map((index) => [index, "COMPLETED"])),
  });
  expect(written(step)).toMatchObject({
    phase: "Done",
    array: { states: [{ state: "COMPLETED", count: 10_000, indexes: "0-9999" }] },
  });
});
