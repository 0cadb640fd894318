import { describe, expect, test } from "vitest";
import { final, not, ok, waiting } from "../../../../src/core/problem.ts";
import {
  asked,
  attempt,
  conditionsOf,
  decided,
  now,
  prepared,
  submission,
  tokenAt,
  writing,
  written,
} from "./world.ts";

describe("before an attempt is stored", () => {
  test("the finalizer comes first", () => {
    expect(decided({ submission: submission({}, { metadata: { finalizers: [] } }) })).toEqual({
      do: "addFinalizer",
    });
  });

  test("then the intent is stored, with everything that the token stands for, and nothing is sent", () => {
    const step = decided({ submission: submission() });
    expect(written(step).attempts).toEqual([attempt({ since: "2026-11-22T12:00:00Z" })]);
    expect(written(step)).toMatchObject({
      phase: "Created",
      user: "alice",
      workingDirectory: `${prepared.root}/${tokenAt(1)}`,
    });
    expect(conditionsOf(step)).toEqual({
      Dispatched: "False Dispatching",
      Ready: "Unknown Dispatching",
      Reconciling: "True Dispatching",
      Succeeded: "Unknown Dispatching",
    });
  });

  test("what sbatch will ignore in the script is told beside it, in a bounded event", () => {
    const warnings = ["no directive".repeat(100), "another"].map((message, index) => ({
      file: "run.sh",
      line: index + 2,
      column: 1,
      message,
    }));
    const { notes } = writing(decided({ submission: submission(), prepared: ok({ ...prepared, warnings }) }));
    expect(notes.map(({ type, reason, action }) => `${type} ${reason} ${action}`)).toEqual([
      "Warning ScriptWarnings Dispatch",
    ]);
    expect(notes[0]?.message).toMatch(
      /^JobScript "hello" has 2 warnings, the first: run\.sh:2:1: no directive.*\.\.\.; see kubectl describe jobscript hello$/u,
    );
    expect(notes[0]?.message.length).toBeLessThan(1024);
  });

  test("the next attempt tells it again, a wait in between does not", () => {
    const warnings = [{ file: "run.sh", line: 2, column: 1, message: "ignored" }];
    const again = decided({
      submission: submission({ attempts: [attempt({ ended: "DidNotRun" })] }),
      prepared: ok({ ...prepared, warnings }),
    });
    expect(writing(again).notes.at(-1)?.message).toBe(
      'JobScript "hello" has a warning: run.sh:2:1: ignored; see kubectl describe jobscript hello',
    );
    const sent = decided({
      submission: submission({ attempts: [attempt()] }),
      prepared: ok({ ...prepared, warnings }),
      answers: { put: { is: "accepted", jobId: 7, known: false, text: "" } },
    });
    expect(writing(sent).notes.map(({ reason }) => reason)).toEqual(["Dispatched"]);
  });

  test("what is not there yet is waited for", () => {
    const step = decided({ submission: submission(), prepared: not(waiting("ScriptNotFound", "no script")) });
    expect(step).toMatchObject({ do: "write", next: { wait: 30_000 } });
    expect(conditionsOf(step)).toMatchObject({
      Reconciling: "True ScriptNotFound",
      Succeeded: "Unknown ScriptNotFound",
    });
  });

  test("but not longer than missingReferenceTimeoutSeconds", () => {
    const step = decided({
      submission: submission({}, { spec: { missingReferenceTimeoutSeconds: 120 } }),
      prepared: not(waiting("ScriptNotFound", "no script")),
    });
    expect(written(step).phase).toBe("Rejected");
    expect(conditionsOf(step)).toMatchObject({ Stalled: "True MissingReferenceTimeout" });
  });

  test("the time limit is for missing references only: an unreachable cluster is waited for", () => {
    const step = decided({
      submission: submission({}, { spec: { missingReferenceTimeoutSeconds: 120 } }),
      prepared: not(waiting("ClusterNotReady", "down")),
    });
    expect(written(step).phase).toBe("Created");
  });

  test("what can never come right is Rejected", () => {
    const step = decided({ submission: submission(), prepared: not(final("OptionsInvalid", "bad")) });
    expect(written(step).phase).toBe("Rejected");
    expect(conditionsOf(step)).toEqual({
      Dispatched: "False OptionsInvalid",
      Ready: "False OptionsInvalid",
      Stalled: "True OptionsInvalid",
      Succeeded: "False OptionsInvalid",
    });
  });

  test("cancelled before it was sent, it never is", () => {
    const step = decided({ submission: submission({}, { spec: { cancel: true } }) });
    expect(written(step)).toMatchObject({ phase: "Aborted", state: "CANCELLED" });
  });
});

describe("an attempt without a job id", () => {
  const open = submission({ attempts: [attempt()] });

  test("is sent, also when it was opened by an earlier process: the wrapper sends once", () => {
    expect(asked(decided({ submission: open }))).toBe("put");
  });

  test("an accepted job is stored", () => {
    const step = decided({
      submission: open,
      answers: { put: { is: "accepted", jobId: 7, known: false, text: "" } },
    });
    expect(written(step)).toMatchObject({
      phase: "Submitted",
      jobId: "7",
      attempts: [attempt({ jobId: "7" })],
    });
    expect(conditionsOf(step)).toMatchObject({ Dispatched: "True Dispatched" });
  });

  test.each([
    ["the connection was lost", { is: "unclear", text: "connection lost" } as const],
    ["it was tried before and nothing is on record", { is: "look" } as const],
    ["somebody made it void", { is: "voided" } as const],
    ["it came after its deadline", { is: "notSent", why: "DeadlinePassed", text: "" } as const],
    [
      "sbatch timed out",
      {
        is: "answered",
        code: 1,
        text: "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation",
      } as const,
    ],
    [
      "the queue is full",
      {
        is: "answered",
        code: 1,
        text: "sbatch: error: AssocMaxSubmitJobLimit\nsbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)",
      } as const,
    ],
  ])("is made void before anything else when %s", (_name, put) => {
    expect(asked(decided({ submission: open, answers: { put } }))).toBe("void");
  });

  test("a lost answer is adopted, not sent again", () => {
    const step = decided({
      submission: open,
      answers: { put: { is: "unclear", text: "" }, void: { is: "fenced", owner: { is: "job", jobId: 9 } } },
    });
    expect(written(step)).toMatchObject({ phase: "Submitted", jobId: "9" });
  });

  test("a void token is followed by another attempt at once", () => {
    const step = decided({
      submission: open,
      answers: { put: { is: "unclear", text: "" }, void: { is: "fenced", owner: { is: "void" } } },
    });
    expect(written(step).attempts).toEqual([attempt({ ended: "DidNotRun" })]);
    const next = decided({ submission: submission({ attempts: written(step).attempts }) });
    expect(written(next).attempts?.map(({ index, token }) => [index, token])).toEqual([
      [1, tokenAt(1)],
      [2, tokenAt(2)],
    ]);
  });

  test("but the waits between void attempts grow", () => {
    const attempts = [1, 2, 3].map((index) =>
      attempt({ index, ended: "DidNotRun", since: "2026-11-22T12:00:00Z" }),
    );
    expect(decided({ submission: submission({ attempts }) })).toEqual({ do: "wait", ms: 10_000 });
  });

  test("a clock that was set back holds up no attempt until it has caught up", () => {
    const attempts = [1, 2, 3].map((index) =>
      attempt({ index, ended: "DidNotRun", since: "2026-11-22T15:00:00Z" }),
    );
    expect(written(decided({ submission: submission({ attempts }) })).attempts).toHaveLength(4);
  });

  test("an unclear void leaves the dispatch unknown, and nothing is sent", () => {
    const step = decided({
      submission: open,
      answers: { put: { is: "look" }, void: { is: "unclear", text: "cut" } },
    });
    expect(conditionsOf(step)).toMatchObject({ Dispatched: "Unknown AnswerUnknown" });
    expect(written(step).attempts).toEqual([attempt()]);
  });

  test("a known refusal is final, in Slurm's words", () => {
    const step = decided({
      submission: open,
      answers: {
        put: {
          is: "answered",
          code: 1,
          text: "sbatch: error: Batch job submission failed: Invalid partition name specified",
        },
      },
    });
    expect(written(step)).toMatchObject({ phase: "Rejected", attempts: [attempt({ ended: "Refused" })] });
    expect(written(step).conditions?.find(({ type }) => type === "Stalled")?.message).toContain(
      "Invalid partition name specified",
    );
  });

  test("an unknown partition is answered with those of the cluster, behind Slurm's words", () => {
    const text = "sbatch: error: Batch job submission failed: Invalid partition name specified";
    const step = decided({
      submission: open,
      partitions: [{ name: "main", state: "UP", isDefault: true }],
      answers: { put: { is: "answered", code: 1, text } },
    });
    expect(written(step).conditions?.find(({ type }) => type === "Stalled")?.message).toBe(
      "Slurm refused the job: Batch job submission failed: Invalid partition name specified; the cluster has: main (default); this submission is final, correct it in a new one",
    );
  });

  test("what was certainly not sent is sent again under the same token", () => {
    const step = decided({
      submission: open,
      answers: { put: { is: "notSent", why: "NotWritable", text: "No space left on device" } },
    });
    expect(conditionsOf(step)).toMatchObject({ Reconciling: "True WorkDirectoryNotWritable" });
    expect(written(step).attempts).toEqual([attempt()]);
  });

  test.each([
    ["script", { scriptDigest: `sha256:${"b".repeat(64)}` }],
    ["options", { optionsDigest: `sha256:${"b".repeat(64)}` }],
    ["login", { user: "bob" }],
  ])("never changes what it sends: another %s ends it first", (_what, change) => {
    expect(asked(decided({ submission: open, prepared: ok({ ...prepared, ...change }) }))).toBe("void");
  });

  test("waits while its cluster does not answer", () => {
    const step = decided({
      submission: open,
      answers: { unreachable: waiting("ClusterUnreachable", "no route") },
    });
    expect(conditionsOf(step)).toMatchObject({ Reconciling: "True ClusterUnreachable" });
    expect(written(step).attempts).toEqual([attempt()]);
  });
});

test("an attempt opened now begins now", () => {
  const step = decided({ submission: submission() });
  expect(written(step).attempts?.[0]?.since).toBe(new Date(now).toISOString().replace(".000", ""));
});
