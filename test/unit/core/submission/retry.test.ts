import { describe, expect, test } from "vitest";
import type { JobSubmission, Retry } from "../../../../src/api/v1alpha1/job-submission.ts";
import type { JobSubmissionStatus } from "../../../../src/api/v1alpha1/job-submission-status.ts";
import { instant } from "../../../../src/core/instant.ts";
import { final, not, waiting } from "../../../../src/core/problem.ts";
import { replaceAttempt } from "../../../../src/core/submission/attempts.ts";
import type { Step } from "../../../../src/core/submission/step.ts";
import {
  asked,
  attempt,
  conditionsOf,
  decided,
  exited,
  look,
  now,
  owned,
  row,
  submission,
  tokenAt,
  writing,
  written,
} from "./world.ts";

const spec = (retry: Partial<Retry> = {}): { spec: Partial<JobSubmission["spec"]> } => ({
  spec: { retry: { limit: 2, backoffSeconds: 60, ...retry } },
});
const running = (retry: Partial<Retry> = {}, status: JobSubmissionStatus = {}): JobSubmission =>
  submission(
    {
      phase: "Submitted",
      jobId: "7",
      attempts: [attempt({ jobId: "7" })],
      startedAt: "2026-11-22T11:59:30Z",
      ...status,
    },
    spec(retry),
  );
const failedRow = row({ state: "FAILED", exit: { code: 3, signal: 0 }, endedAt: now });
/** The job has ended, its token is closed, and everything was read after that. */
function ended(object: JobSubmission, change: Parameters<typeof decided>[0] | object = {}): Step {
  const seen = {
    submission: object,
    latest: look([failedRow], { begun: 2000 }),
    memory: owned,
    answers: { marks: exited(3) },
    ...change,
  };
  const step = decided(seen);
  if (step.do !== "ask" || step.question.ask !== "log") return step;
  const log = { log: { text: "the end", size: 7 }, logPath: step.question.path };
  return decided({ ...seen, answers: { ...seen.answers, ...log } });
}
const messageOf = (step: Step): string =>
  written(step).conditions?.find(({ type }) => type === "Succeeded")?.message ?? "";

/** As stored at `now` by the first failure. */
const waits = (change: Partial<JobSubmission["spec"]> = {}): JobSubmission => {
  const object = running();
  return submission(written(ended(object)), { spec: { ...object.spec, ...change } });
};
const due = instant(now + 60_000);

describe("a job that failed and may be run again", () => {
  const step = ended(running());

  test("its end and the retry are one write, and the next look is when that is due", () => {
    expect(written(step)).toMatchObject({
      phase: "Created",
      finished: "false",
      state: "FAILED",
      exitCode: 3,
      jobId: "7",
      log: { tail: "the end" },
      attempts: [
        {
          index: 1,
          ended: "Over",
          end: { state: "FAILED", exitCode: 3, signal: 0, endedAt: "2026-11-22T12:00:00Z" },
        },
      ],
      retry: { count: 1, since: "2026-11-22T12:00:00Z", nextAt: "2026-11-22T12:01:00Z" },
    });
    expect(writing(step).next).toEqual({ wait: 60_000 });
  });

  test("it is told so that somebody at night knows what goes on", () => {
    expect(conditionsOf(step)).toEqual({
      Succeeded: "Unknown Retrying",
      Ready: "Unknown Retrying",
      Reconciling: "True Retrying",
      Dispatched: "False Retrying",
    });
    expect(messageOf(step)).toBe(
      "Attempt 1 (job 7) ended FAILED with exit code 3; it is run again not before 2026-11-22T12:01:00Z (retry 1 of 2). spec.cancel or a lower spec.retry.limit ends that.",
    );
    expect(writing(step).notes).toMatchObject([{ type: "Warning", reason: "Retrying", action: "Retry" }]);
  });

  test("nothing of that before the token is closed and looked at again", () => {
    const latest = look([failedRow]);
    expect(asked(decided({ submission: running(), latest }))).toBe("close");
    expect(asked(decided({ submission: running(), latest, memory: owned }))).toBe("look");
  });

  test("until it is due it waits, and writes nothing twice", () => {
    expect(decided({ submission: waits(), now: instant(now + 20_000) })).toEqual({ do: "wait", ms: 40_000 });
  });

  test("then an attempt with a token of its own is opened, and nothing of the last run is shown as if it were of this one", () => {
    const opened = written(decided({ submission: waits(), now: due }));
    expect(opened.attempts?.map(({ token, ended: how }) => [token, how])).toEqual([
      [tokenAt(1), "Over"],
      [tokenAt(2), undefined],
    ]);
    const { state, exitCode, signal, startedAt, endedAt, jobId, array } = opened;
    expect(
      [state, exitCode, signal, startedAt, endedAt, jobId, array].every((value) => value === undefined),
    ).toBe(true);
    expect(opened.log?.tail).toBe("the end");
    expect(opened.retry?.count).toBe(1);
  });

  test("a clock that was set back ends the wait rather than making it last until it has caught up", () => {
    const before = instant(now - 30 * 3_600_000);
    expect(written(decided({ submission: waits(), now: before })).attempts).toHaveLength(2);
  });

  test("an operator that dies before the write finds the same end again, and counts it once", () => {
    expect(written(ended(running())).retry).toEqual(written(step).retry);
  });
});

describe("what is run again", () => {
  const endedAs = (state: "TIMEOUT" | "NODE_FAIL" | "CANCELLED", retry: Partial<Retry>) =>
    conditionsOf(
      ended(running(retry), {
        latest: look([row({ state, exit: { code: 0, signal: 15 } })], { begun: 2000, tick: 9 }),
        memory: { ...owned, quietSince: 1, quietFrom: instant(now) },
        answers: { marks: { ...exited(0), exits: [] }, accounting: [] },
      }),
    )["Succeeded"];

  test.each([
    ["TIMEOUT", {}, "False JobTimedOut"],
    ["TIMEOUT", { when: ["TIMEOUT"] }, "Unknown Retrying"],
    ["NODE_FAIL", {}, "Unknown Retrying"],
    ["NODE_FAIL", { when: ["FAILED"] }, "False JobNodeFailed"],
    ["CANCELLED", { when: ["FAILED", "NODE_FAIL", "PREEMPTED"] }, "False JobCancelled"],
  ] as const)("%s with %j: %s", (state, retry, told) => {
    expect(endedAs(state, "when" in retry ? { when: [...retry.when] } : {})).toBe(told);
  });

  test("a job whose node failed only once its orphan has had the time to end", () => {
    const latest = look([row({ state: "NODE_FAIL" })], { begun: 2000, tick: 2 });
    const memory = { ...owned, quietSince: 2, quietFrom: instant(now + 2000) };
    const answers = { marks: { ...exited(0), exits: [] }, accounting: [] };
    expect(ended(running(), { latest, memory, answers })).toEqual({ do: "wait", ms: 5000 });
  });

  test("nothing that somebody has cancelled or deleted", () => {
    const cancelled = submission(running().status, { spec: { ...running().spec, cancel: true } });
    const memory = { ...owned, quietSince: 1, quietFrom: instant(now) };
    const step = ended(cancelled, {
      latest: look([failedRow], { begun: 2000, tick: 9 }),
      memory,
      answers: { marks: exited(3), cancelled: [] },
    });
    expect(conditionsOf(step)["Succeeded"]).toBe("False JobFailed");
  });

  test("nothing more than spec.retry.limit allows", () => {
    const retry = { count: 2, since: "2026-11-22T11:50:00Z", nextAt: "2026-11-22T11:51:00Z" };
    const step = ended(running({}, { retry }));
    expect(written(step)).toMatchObject({ phase: "Aborted", state: "FAILED", retry: { count: 2 } });
    expect(messageOf(step)).toBe(
      "The job failed with exit code 3. See status.log. It was run again 2 times, as often as spec.retry.limit (2) allows.",
    );
  });

  test.each([
    [1, 60],
    [2, 120],
    [3, 240],
    [7, 3600],
  ])("retry %d waits %d seconds", (count, seconds) => {
    const before =
      count === 1
        ? {}
        : { retry: { count: count - 1, since: "2026-11-22T11:50:00Z", nextAt: "2026-11-22T11:51:00Z" } };
    expect(writing(ended(running({ limit: 9 }, before))).next).toEqual({ wait: seconds * 1000 });
  });
});

describe("between two runs", () => {
  test("cancelled: nothing is sent any more, and the run that failed is in the message", () => {
    const step = decided({ submission: waits({ cancel: true }) });
    expect(written(step)).toMatchObject({ phase: "Aborted", state: "CANCELLED" });
    expect(conditionsOf(step)).toMatchObject({
      Succeeded: "False JobCancelled",
      Dispatched: "True Dispatched",
    });
    expect(messageOf(step)).toBe(
      "Cancelled before it was run again. Before, attempt 1 (job 7) ended FAILED with exit code 3.",
    );
  });

  test("deleted: it goes at once", () => {
    const object = waits();
    const metadata = { ...object.metadata, deletionTimestamp: "2026-11-22T12:00:10Z" };
    expect(decided({ submission: { ...object, metadata } })).toEqual({ do: "removeFinalizer", notes: [] });
  });

  test("suspended: nothing is sent however long it takes, and then it goes on", () => {
    const held = decided({ submission: waits({ suspend: true }), now: due });
    expect(conditionsOf(held)["Succeeded"]).toBe("Unknown Suspended");
    expect(messageOf(held)).toBe(
      "Attempt 1 (job 7) ended FAILED with exit code 3. Not sent, as spec.suspend asks; set it to false to send it.",
    );
    const released = submission(written(held), spec());
    expect(conditionsOf(decided({ submission: released, now: instant(now + 10_000) }))["Succeeded"]).toBe(
      "Unknown Retrying",
    );
    expect(written(decided({ submission: released, now: due })).attempts).toHaveLength(2);
  });

  test("with a limit that was lowered: the last run is the end", () => {
    const step = decided({ submission: waits(spec({ limit: 0 }).spec) });
    expect(written(step)).toMatchObject({ phase: "Aborted", state: "FAILED", exitCode: 3, jobId: "7" });
    expect(messageOf(step)).toBe(
      "Attempt 1 (job 7) ended FAILED with exit code 3. It is not run again: spec.retry.limit is now 0.",
    );
  });
});

test("what cannot be sent again has ended as its last run, not as if it had never run", () => {
  const prepared = not(final("AccountNotAllowed", "the account physics is not allowed here"));
  const step = decided({ submission: waits(), now: due, prepared });
  expect(written(step)).toMatchObject({ phase: "Aborted", state: "FAILED", exitCode: 3 });
  expect(conditionsOf(step)).toMatchObject({ Succeeded: "False JobFailed", Dispatched: "True Dispatched" });
  expect(messageOf(step)).toBe(
    "Attempt 1 (job 7) ended FAILED with exit code 3. It is not run again: the account physics is not allowed here",
  );
});

test("what a retry needs and is missing may be missing for as long as for the first run, counted from when the retry was due", () => {
  const object = waits({ missingReferenceTimeoutSeconds: 120 });
  const resumed = { ...object, status: { ...object.status, resumedAt: "2026-11-22T11:00:00Z" } };
  const prepared = not(waiting("ScriptNotFound", "there is no such script"));
  const at = (seconds: number) =>
    decided({ submission: resumed, prepared, now: instant(now + seconds * 1000) });
  expect(conditionsOf(at(179))["Succeeded"]).toBe("Unknown ScriptNotFound");
  expect(conditionsOf(at(180))["Succeeded"]).toBe("False JobFailed");
  expect(messageOf(at(180))).toContain("still missing after spec.missingReferenceTimeoutSeconds (120 s)");
});

test("a run that came to nothing is sent again as part of the same retry", () => {
  const opened = submission(written(decided({ submission: waits(), now: due })), spec());
  const fenced = decided({
    submission: opened,
    answers: { void: { is: "fenced", owner: { is: "void" } }, put: { is: "voided" } },
  });
  const again = submission(written(fenced), spec());
  const third = written(decided({ submission: again, now: due }));
  expect(third.attempts?.map(({ index, ended: how }) => [index, how])).toEqual([
    [1, "Over"],
    [2, "DidNotRun"],
    [3, undefined],
  ]);
  expect(third.retry?.count).toBe(1);
});

test("the last run stays on record, however many attempts of its retry come to nothing", () => {
  let attempts = waits().status.attempts;
  for (let index = 2; index <= 40; index += 1)
    attempts = replaceAttempt(attempts, attempt({ index, ended: "DidNotRun" }));
  expect(attempts).toHaveLength(16);
  expect(attempts?.map(({ index }) => index).slice(0, 2)).toEqual([1, 26]);
});

test("a run that succeeds after others is a success, and says how often", () => {
  const retry = { count: 1, since: "2026-11-22T11:50:00Z", nextAt: "2026-11-22T11:51:00Z" };
  const step = ended(running({}, { retry }), {
    latest: look([row({ state: "COMPLETED", exit: { code: 0, signal: 0 } })], { begun: 2000 }),
    answers: { marks: exited(0) },
  });
  expect(written(step).phase).toBe("Done");
  expect(messageOf(step)).toBe("The job completed. It was run again once.");
});
