import { describe, expect, test } from "vitest";
import { instant } from "../../../../src/core/instant.ts";
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

describe("a job that Slurm no longer lists", () => {
  const nothing = look([], { begun: 5000, tick: 9 });

  test("is looked for in the marks and in accounting", () => {
    expect(asked(decided({ submission: sent, latest: nothing }))).toBe("marks");
    expect(asked(decided({ submission: sent, latest: nothing, answers: { marks: noMarks } }))).toBe(
      "accounting",
    );
  });

  test("is waited for, said once", () => {
    const seen = {
      submission: sent,
      latest: nothing,
      memory: { missingSince: 9, missingFrom: now },
      answers: { marks: noMarks, accounting: "none" as const },
    };
    const step = decided(seen);
    expect(conditionsOf(step)).toMatchObject({ Reconciling: "True JobMissing" });
    expect(decided({ ...seen, submission: submission(written(step)) })).toEqual({ do: "wait", ms: 5000 });
  });

  test("after N looks it is closed; what never ran is sent again", () => {
    const seen = {
      submission: sent,
      latest: nothing,
      memory: { missingSince: 6, missingFrom: now },
      answers: { marks: noMarks, accounting: "none" as const },
    };
    expect(asked(decided(seen))).toBe("own");
    const answers = { ...seen.answers, own: [] };
    expect(asked(decided({ ...seen, answers }))).toBe("close");
    const step = decided({ ...seen, answers, memory: { missingSince: 6, missingFrom: now, ...free } });
    expect(written(step).attempts).toEqual([attempt({ jobId: "7", ended: "DidNotRun" })]);
  });

  test("after N looks behind the close, one that ran is Lost", () => {
    const memory = { ...owned, missingSince: 5, missingFrom: now, quietSince: 6, quietFrom: now };
    const marks = { ...noMarks, owner: { is: "job", jobId: 7 } as const };
    const step = decided({
      submission: sent,
      latest: nothing,
      memory,
      answers: { marks, accounting: "none", log: null },
    });
    expect(written(step).phase).toBe("Aborted");
    expect(conditionsOf(step)).toMatchObject({ Succeeded: "False JobLost" });
  });

  test("its exit mark is enough", () => {
    const seen = {
      submission: sent,
      latest: nothing,
      memory: { ...owned, missingSince: 5, missingFrom: now, quietSince: 6, quietFrom: now },
    };
    expect(
      written(
        decided({
          ...seen,
          answers: { marks: exited(0), accounting: "none", log: null },
        }),
      ),
    ).toMatchObject({ phase: "Done", exitCode: 0 });
  });

  test("marks and accounting from before the close are read once more: an orphan may have ended well since", () => {
    const memory = { ...owned, missingSince: 5, missingFrom: now, quietSince: 6, quietFrom: now };
    const early = look([]);
    const answers = { marks: noMarks, marksOn: early, accounting: "none", accountingOn: early } as const;
    const seen = { submission: sent, latest: nothing, memory };
    expect(decided({ ...seen, answers })).toEqual({ do: "ask", question: { ask: "marks", on: nothing } });
    expect(decided({ ...seen, answers: { ...answers, marksOn: nothing } })).toEqual({
      do: "ask",
      question: { ask: "accounting", on: nothing },
    });
  });

  test("a run that a newer look shows changes nothing in what older marks are read with", () => {
    const memory = { ...owned, quietSince: 6, quietFrom: now };
    const back = look([row({ state: "FAILED", restarts: 1, exit: { code: 113, signal: 0 } })], {
      begun: nothing.begun - now + 1000,
      tick: nothing.tick + 1,
    });
    const answers = {
      marks: exited(0),
      marksOn: nothing,
      accounting: "none",
      accountingOn: nothing,
      log: null,
    } as const;
    expect(written(decided({ submission: sent, latest: back, memory, answers }))).toMatchObject({
      phase: "Done",
    });
  });

  test("an id that another job of the same token has taken is followed there", () => {
    const step = decided({
      submission: sent,
      latest: look([row({ jobId: 8 })], { begun: 5000 }),
      answers: { marks: noMarks },
    });
    expect(written(step)).toMatchObject({ jobId: "8" });
  });

  test("a look begun before the id was stored says nothing", () => {
    expect(
      decided({
        submission: sent,
        latest: look([], { begun: 4500 }),
        memory: { acceptedAt: instant(now + 4600) },
      }),
    ).toEqual({ do: "wait", ms: 5000 });
  });
});
