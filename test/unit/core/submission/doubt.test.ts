import { describe, expect, test } from "vitest";
import { instant } from "../../../../src/core/instant.ts";
import { waiting } from "../../../../src/core/problem.ts";
import {
  asked,
  attempt,
  conditionsOf,
  decided,
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

describe("a cluster that does not answer", () => {
  const problem = waiting("ClusterNotReady", "no route to host");

  test("changes no job, and for a while says nothing on its submissions", () => {
    expect(decided({ submission: sent, unavailable: problem, unavailableMs: 60_000 })).toEqual({
      do: "wait",
      ms: 30_000,
    });
  });

  test("is told of after ten minutes; phase and state stay", () => {
    const before = written(decided({ submission: sent, latest: look([row()], { begun: 5000 }) }));
    const step = decided({
      submission: submission(before),
      unavailable: problem,
      unavailableMs: 700_000,
    });
    expect(written(step)).toMatchObject({ phase: "Submitted", state: "RUNNING" });
    expect(conditionsOf(step)).toMatchObject({
      Reconciling: "True ClusterUnreachable",
      Dispatched: "True Dispatched",
    });
  });

  test("for one login is told as the login's trouble, not the cluster's", () => {
    const refused = waiting("LoginFailed", 'login alice of SlurmCluster "c1" is not answered: refused');
    const step = decided({
      submission: sent,
      unavailable: refused,
      unavailableMs: 700_000,
    });
    expect(conditionsOf(step)).toMatchObject({ Reconciling: "True LoginFailed" });
    expect(decided({ submission: sent, unavailable: refused, unavailableMs: 0 }).do).toBe("wait");
  });

  test.each(["LoginChanged", "InstallChanged", "ClusterNotFound", "ClusterIdentityChanged"])(
    "by %s is told at once: it does not go by itself",
    (reason) => {
      const step = decided({ submission: sent, unavailable: waiting(reason, "somebody must put it back") });
      expect(conditionsOf(step)).toMatchObject({ Reconciling: `True ${reason}` });
      expect(written(step)).toMatchObject({ phase: "Submitted", jobId: "7" });
    },
  );

  test("keeps a cancel waiting, and says so", () => {
    const step = decided({ submission: cancelling, unavailable: problem });
    expect(conditionsOf(step)).toMatchObject({ Reconciling: "True Cancelling" });
    expect(written(step).phase).toBe("Submitted");
  });
});

describe("what contradicts the fence", () => {
  const later = (change: Parameters<typeof row>[0]) => look([row(change)], { begun: 2000, tick: 2 });

  test("a job that completed although the fence was free is not sent again: somebody removed its marks", () => {
    const seen = {
      submission: sent,
      latest: later({ state: "COMPLETED", exit: { code: 0, signal: 0 } }),
      memory: free,
    };
    expect(written(decided({ ...seen, answers: { marks: noMarks, log: null } }))).toMatchObject({
      phase: "Done",
      state: "COMPLETED",
    });
  });

  const bereft = { marks: { ...noMarks, tried: false }, accounting: "none", own: [], log: null } as const;
  const untold = {
    "Slurm has forgotten it": look([], { begun: 2000, tick: 2 }),
    "it ended like one that was turned away": later({ state: "FAILED", exit: { code: 113, signal: 0 } }),
  };
  test.each(Object.entries(untold))(
    "a job without any mark of a try is not sent again, as nobody knows whether it ran: %s",
    (_how, latest) => {
      const seen = { latest, memory: free };
      const answers = { accounting: "none", own: [] } as const;
      expect(asked(decided({ ...seen, submission: sent, answers }))).toBe("marks");
      for (const wish of [sent, cancelling]) {
        const step = decided({ ...seen, submission: wish, answers: { ...bereft, cancelled: [] } });
        expect(written(step)).toMatchObject({
          phase: "Aborted",
          attempts: [attempt({ jobId: "7", ended: "Over" })],
        });
        expect(conditionsOf(step)).toMatchObject({ Succeeded: "False JobLost" });
      }
    },
  );

  test("one that still runs is followed", () => {
    expect(written(decided({ submission: sent, latest: later({}), memory: free }))).toMatchObject({
      phase: "Submitted",
      state: "RUNNING",
    });
  });

  test("the owner's own exit code 113 is a failure, not a refusal at the fence", () => {
    const seen = {
      submission: sent,
      latest: later({ state: "FAILED", exit: { code: 113, signal: 0 } }),
      memory: owned,
    };
    const marks = {
      ...noMarks,
      owner: { is: "job", jobId: 7 },
      exits: [
        { jobId: 7, taskIndex: undefined, end: { is: "exited", code: 113 }, restart: 0, at: instant(now) },
      ],
    } as const;
    expect(written(decided({ ...seen, answers: { marks, log: null } }))).toMatchObject({
      phase: "Aborted",
      state: "FAILED",
    });
  });

  test("an end that left no exit mark is told three looks later: a run that Slurm has forgotten may still be on its node", () => {
    const ended = { state: "COMPLETED", exit: { code: 0, signal: 0 } } as const;
    const seen = {
      submission: sent,
      latest: look([row(ended)], { begun: 5000, tick: 5 }),
      answers: { marks: { ...noMarks, owner: { is: "job", jobId: 7 } }, log: null },
    } as const;
    expect(decided({ ...seen, memory: { ...owned, quietSince: 3, quietFrom: now } })).toMatchObject({
      do: "wait",
    });
    const lasting = { ...owned, quietSince: 2, quietFrom: now };
    expect(written(decided({ ...seen, memory: lasting }))).toMatchObject({ phase: "Done" });
  });

  test("a job that only its own login sees is told of, not concluded about", () => {
    const seen = {
      submission: sent,
      latest: look([], { begun: 5000, tick: 9 }),
      memory: { missingSince: 6, missingFrom: now },
    };
    const step = decided({ ...seen, answers: { marks: noMarks, accounting: "none", own: [7] } });
    expect(conditionsOf(step)).toMatchObject({ Reconciling: "True JobHidden" });
    expect(written(step).conditions?.find(({ type }) => type === "Succeeded")?.message).toContain(
      "leave out spec.observer",
    );
  });

  test("a job that the login's own look lacked, and that it then sees, is looked for again, not hidden", () => {
    const seen = {
      submission: sent,
      observer: undefined,
      latest: look([], { begun: 5000, tick: 9 }),
      memory: { missingSince: 6, missingFrom: now },
    };
    const step = decided({ ...seen, answers: { marks: noMarks, accounting: "none", own: [7] } });
    expect(conditionsOf(step)).toMatchObject({ Reconciling: "True JobMissing" });
  });
});

test("looks that were hurried count no more than the clock does", () => {
  const seen = {
    submission: sent,
    latest: look([], { begun: 5000, tick: 9 }),
    memory: { missingSince: 1, missingFrom: now },
    answers: { marks: noMarks, accounting: "none" as const },
  };
  expect(asked(decided({ ...seen, quietMs: 5000 }))).toBe("own");
  expect(conditionsOf(decided({ ...seen, quietMs: 5001 }))).toMatchObject({ Reconciling: "True JobMissing" });
});
