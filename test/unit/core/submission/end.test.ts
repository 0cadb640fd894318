import { describe, expect, test } from "vitest";
import { waiting } from "../../../../src/core/problem.ts";
import {
  asked,
  attempt,
  conditionsOf,
  decided,
  exited,
  free,
  look,
  noMarks,
  now,
  owned,
  row,
  sent,
  submission,
  written,
} from "./world.ts";

const cancelling = submission(sent.status, { spec: { cancel: true } });

describe("a job that lives", () => {
  test("is followed", () => {
    const step = decided({ submission: sent, latest: look([row({ nodes: "n[1-2]" })]) });
    expect(written(step)).toMatchObject({
      phase: "Submitted",
      state: "RUNNING",
      nodes: "n[1-2]",
      partition: "main",
    });
    expect(conditionsOf(step)).toMatchObject({ Succeeded: "Unknown JobRunning" });
  });

  test("is not written again when nothing changed but its priority", () => {
    const before = written(decided({ submission: sent, latest: look([row()], { begun: 5000 }) }));
    expect(
      decided({ submission: submission(before), latest: look([row({ priority: 99 })], { begun: 5000 }) }),
    ).toEqual({ do: "wait", ms: 600_000 });
  });

  test("is not over while it is COMPLETING or REQUEUED", () => {
    for (const flags of [["COMPLETING"], ["REQUEUED"]] as const) {
      expect(asked(decided({ submission: sent, latest: look([row({ state: "FAILED", flags })]) }))).toBe(
        "write",
      );
    }
  });
});

describe("a job that ended", () => {
  const ended = look([row({ state: "COMPLETED", exit: { code: 0, signal: 0 } })]);
  const later = look([row({ state: "COMPLETED", exit: { code: 0, signal: 0 }, endedAt: now })], {
    begun: 2000,
    tick: 2,
  });

  test("is closed before anything is concluded", () => {
    expect(asked(decided({ submission: sent, latest: ended }))).toBe("close");
  });

  test("is looked at once more in an answer begun after the close", () => {
    expect(asked(decided({ submission: sent, latest: ended, memory: owned }))).toBe("look");
  });

  test("then the marks and the log are read, and the end is stored", () => {
    const seen = { submission: sent, latest: later, memory: owned };
    expect(asked(decided(seen))).toBe("marks");
    expect(asked(decided({ ...seen, answers: { marks: exited(0) } }))).toBe("log");
    const step = decided({ ...seen, answers: { marks: exited(0), log: { text: "done\n", size: 5 } } });
    expect(written(step)).toMatchObject({
      phase: "Done",
      finished: "false",
      state: "COMPLETED",
      exitCode: 0,
      outputs: [{ name: "energy", value: "-15.8" }],
      log: {
        path: `${attempt().directory}/work/slurm-7.out`,
        size: 5,
        readAt: "2026-11-22T12:00:00Z",
        tail: "done\n",
      },
      attempts: [attempt({ jobId: "7", ended: "Over" })],
    });
    expect(conditionsOf(step)).toEqual({
      Dispatched: "True Dispatched",
      Ready: "True JobSucceeded",
      Succeeded: "True JobSucceeded",
    });
  });

  test("its script's exit code goes before Slurm's word", () => {
    const step = decided({
      submission: sent,
      latest: later,
      memory: owned,
      answers: { marks: exited(3), log: null },
    });
    expect(written(step)).toMatchObject({ phase: "Aborted", state: "FAILED", exitCode: 3 });
  });

  test("that runs again in the later look is followed, not ended", () => {
    const again = look([row({ state: "RUNNING", restarts: 1 })], { begun: 2000, tick: 2 });
    expect(written(decided({ submission: sent, latest: again, memory: owned }))).toMatchObject({
      phase: "Submitted",
      state: "RUNNING",
      restarts: 1,
    });
  });

  test("an unclear close concludes nothing", () => {
    expect(
      decided({ submission: sent, latest: ended, answers: { close: { is: "unclear", text: "cut" } } }),
    ).toEqual({ do: "wait", ms: 5000 });
  });

  test("of two jobs with one token the owner is followed", () => {
    const step = decided({
      submission: sent,
      latest: ended,
      memory: { closed: { owner: { is: "job", jobId: 8 }, at: now } },
    });
    expect(written(step)).toMatchObject({ phase: "Submitted", jobId: "8" });
  });

  test("cancelled in the queue by somebody else is what Slurm says, not lost", () => {
    const gone = look(
      [row({ state: "CANCELLED", startedAt: undefined, nodes: "", exit: { code: 0, signal: 0 } })],
      { begun: 2000, tick: 2 },
    );
    const seen = { submission: sent, latest: gone, memory: free };
    expect(asked(decided(seen))).toBe("marks");
    expect(written(decided({ ...seen, answers: { marks: noMarks } }))).toMatchObject({
      phase: "Aborted",
      state: "CANCELLED",
    });
  });

  test("turned away at the fence did not run: the next attempt follows", () => {
    const away = look([row({ state: "FAILED", exit: { code: 113, signal: 0 } })], { begun: 2000, tick: 2 });
    const step = decided({
      submission: sent,
      latest: away,
      memory: free,
      answers: { marks: noMarks, accounting: "none", own: [] },
    });
    expect(written(step).attempts).toEqual([attempt({ jobId: "7", ended: "DidNotRun" })]);
    expect(written(step).phase).toBe("Created");
  });
});

describe("a cancelled submission", () => {
  test("is closed, then cancelled, then looked at", () => {
    const running = look([row()], { begun: 2000, tick: 2 });
    expect(asked(decided({ submission: cancelling, latest: running }))).toBe("close");
    expect(asked(decided({ submission: cancelling, latest: running, memory: owned }))).toBe("cancel");
    const step = decided({
      submission: cancelling,
      latest: running,
      memory: owned,
      answers: { cancelled: [7] },
    });
    expect(conditionsOf(step)).toMatchObject({ Reconciling: "True Cancelling" });
  });

  test("says again that it is being cancelled once the cluster is back", () => {
    const running = look([row()], { begun: 2000, tick: 2 });
    const down = submission(
      written(decided({ submission: cancelling, unavailable: waiting("ClusterNotReady", "c1 is down") })),
      { spec: { cancel: true } },
    );
    const seen = { submission: down, latest: running, memory: owned, answers: { cancelled: [7] } };
    const step = decided(seen);
    expect(written(step).conditions?.find(({ type }) => type === "Reconciling")?.message).toBe(
      "The job is being cancelled.",
    );
    const told = submission(written(step), { spec: { cancel: true } });
    expect(decided({ ...seen, submission: told })).toEqual({ do: "wait", ms: 5000 });
  });

  test("is cancelled by its own login whatever the observer shows, and waited for as long as that sees it", () => {
    const seen = {
      submission: cancelling,
      latest: look([], { begun: 9000, tick: 9 }),
      memory: { ...owned, quietSince: 2, quietFrom: now },
    };
    expect(asked(decided(seen))).toBe("cancel");
    expect(conditionsOf(decided({ ...seen, answers: { cancelled: [7] } }))).toMatchObject({
      Reconciling: "True Cancelling",
    });
  });

  test("is over N looks after Slurm says so", () => {
    const gone = look([row({ state: "CANCELLED", exit: { code: 0, signal: 15 } })], { begun: 9000, tick: 5 });
    const seen = {
      submission: cancelling,
      latest: gone,
      answers: { marks: noMarks, log: null, cancelled: [] },
    };
    expect(decided({ ...seen, memory: { ...owned, quietSince: 4, quietFrom: now } })).toEqual({
      do: "wait",
      ms: 5000,
    });
    expect(written(decided({ ...seen, memory: { ...owned, quietSince: 2, quietFrom: now } }))).toMatchObject({
      phase: "Aborted",
      state: "CANCELLED",
    });
  });

  test("that had ended well before is Done", () => {
    const done = look([row({ state: "COMPLETED", exit: { code: 0, signal: 0 } })], { begun: 9000, tick: 5 });
    const step = decided({
      submission: cancelling,
      latest: done,
      memory: { ...owned, quietSince: 2, quietFrom: now },
      answers: { marks: exited(0), log: null, cancelled: [] },
    });
    expect(written(step)).toMatchObject({ phase: "Done", state: "COMPLETED" });
  });

  test("whose intent was never sent ends without a job", () => {
    const intended = submission({ attempts: [attempt()] }, { spec: { cancel: true } });
    expect(asked(decided({ submission: intended }))).toBe("close");
    const step = decided({
      submission: intended,
      latest: look([], { begun: 2000 }),
      memory: free,
      answers: { cancelled: [] },
    });
    expect(written(step)).toMatchObject({
      phase: "Aborted",
      state: "CANCELLED",
      attempts: [attempt({ ended: "DidNotRun" })],
    });
  });
});

describe("the last writes", () => {
  const over = { ...sent.status, phase: "Done" as const };

  test("the finalizer goes after the final status, and only then finished turns true", () => {
    expect(decided({ submission: submission(over) })).toEqual({ do: "removeFinalizer", notes: [] });
    const step = decided({ submission: submission(over, { metadata: { finalizers: [] } }) });
    expect(written(step)).toEqual({ ...over, finished: "true" });
    expect(
      decided({ submission: submission({ ...over, finished: "true" }, { metadata: { finalizers: [] } }) }),
    ).toEqual({ do: "wait" });
  });

  test("an object that was never sent is let go at once when it is deleted", () => {
    const metadata = { deletionTimestamp: "2026-11-22T12:00:00Z" };
    expect(decided({ submission: submission({}, { metadata }) })).toEqual({
      do: "removeFinalizer",
      notes: [],
    });
  });

  test("an object whose job may run is held, unless somebody abandons it in so many words", () => {
    const metadata = { deletionTimestamp: "2026-11-22T12:00:00Z" };
    expect(asked(decided({ submission: submission(sent.status, { metadata }), latest: look([row()]) }))).toBe(
      "close",
    );
    const step = decided({
      submission: submission(sent.status, {
        metadata: { ...metadata, annotations: { "batchwright.dev/abandon": "true" } },
      }),
    });
    expect(step).toMatchObject({ do: "removeFinalizer", notes: [{ type: "Warning", reason: "Abandoned" }] });
  });
});
