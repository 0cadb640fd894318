import { describe, expect, test } from "vitest";
import { instant } from "../../../src/core/instant.ts";
import { baseStates, stateFlags } from "../../../src/core/slurm/job-state.ts";
import type { JobRow } from "../../../src/core/slurm/job-row.ts";
import { reasonInPlainWords } from "../../../src/core/slurm/reason.ts";
import type { Step } from "../../../src/core/submission/step.ts";
import { rowOf, type StateId, stateIds } from "../../e2e/states/table.ts";
import {
  attempt,
  conditionsOf,
  decided,
  look,
  noMarks,
  now,
  owned,
  sent,
  submission,
  written,
} from "../core/submission/world.ts";
import { asIf, idOf, jobRow, recordedRows, releases, stateIn } from "./recorded.ts";
import { shownBy } from "./shown.ts";

/** What the submission showed before. */
const running = submission({
  phase: "Submitted",
  state: "RUNNING",
  jobId: "7",
  startedAt: "2026-11-22T12:00:00Z",
  attempts: [attempt({ jobId: "7" })],
});

/** What is decided of a job that lives, as its row in the queue shows it. */
const followed = (row: JobRow): Step => decided({ submission: running, latest: look([row]) });

/** What is decided of one that has ended: its token is closed, it has left no mark, and it has lasted long enough. */
const concluded = (row: JobRow): Step =>
  decided({
    submission: sent,
    latest: look([row], { begun: 2000, tick: 9 }),
    memory: { ...owned, quietSince: 1, quietFrom: instant(now + 1500) },
    answers: { marks: { ...noMarks, owner: { is: "job", jobId: 7 } }, accounting: [], log: null },
  });

/** What the submission then shows, as far as the table's row says something of it. */
function toldOf(row: JobRow, id: StateId): object {
  const step = rowOf(id).phase === "Submitted" ? followed(row) : concluded(row);
  const { phase, state, flags, jobId, conditions } = written(step);
  const message = conditions?.find(({ type }) => type === "Succeeded")?.message ?? "";
  const { Succeeded, Reconciling } = conditionsOf(step);
  const saysNot = rowOf(id).says.filter((part) => !message.includes(part));
  return { phase, state, flags, jobId, Succeeded, Reconciling, saysNot };
}

function wantedOf(id: StateId): object {
  const { phase, state, flags, reason } = rowOf(id);
  const isLive = phase === "Submitted";
  const succeeded = phase === "Done" ? "True" : "False";
  return {
    phase,
    state,
    flags,
    jobId: "7",
    Succeeded: `${isLive ? "Unknown" : succeeded} ${reason}`,
    Reconciling: isLive ? `True ${reason}` : undefined,
    saysNot: [],
  };
}

describe.each(releases)("as squeue of %s printed it", (release) => {
  test.each(recordedRows(release))("$State, $Reason, $exit_code", (texts) => {
    const id = idOf(texts);
    if (id === undefined) throw new Error(`the table has no row for ${texts.State}, ${texts.Reason}`);
    expect(toldOf(jobRow(texts), id)).toEqual(wantedOf(id));
  });
});

describe.each(releases)("what no lab brings a job to at will, as squeue of %s would print it", (release) => {
  test.each(stateIds.filter((id) => shownBy(id).on === "rows"))("%s", (id) => {
    const texts = asIf(release, { State: stateIn(id), Reason: rowOf(id).word ?? "None" });
    expect(toldOf(jobRow(texts), id)).toEqual(wantedOf(id));
  });
});

test.each(releases)("%s gives no reason that is not put in plain words", (release) => {
  const words = recordedRows(release).map(({ Reason }) => Reason);
  expect(words.filter((word) => reasonInPlainWords(word) === word)).toEqual([]);
});

describe("an unknown word", () => {
  const latest = look([jobRow(asIf("24.11", { State: "HIBERNATING", Reason: "None" }))]);

  test("changes nothing but the conditions, also where nothing is known of the row before", () => {
    const step = decided({ submission: running, latest });
    const { conditions: _, observedGeneration: _generation, ...rest } = written(step);
    const { conditions: _before, ...known } = running.status;
    expect(rest).toEqual(known);
  });

  test("is told once, and goes when Slurm shows another", () => {
    const told = written(decided({ submission: running, latest }));
    const again = { submission: { ...running, status: told } };
    expect(decided({ ...again, latest }).do).toBe("wait");
    const row = jobRow(asIf("24.11", { State: "RUNNING", Reason: "None" }));
    expect(conditionsOf(decided({ ...again, latest: look([row]) }))["Reconciling"]).toBe("True JobRunning");
  });

  test.each([{ spec: { queueTimeoutSeconds: 1 } }, { spec: { suspend: true } }])(
    "leads to nothing that is done to the job: $spec",
    ({ spec }) => {
      const waiting = submission({ ...running.status, state: "PENDING" }, { spec });
      const step = decided({ submission: waiting, latest });
      expect(conditionsOf(step)["Reconciling"]).toBe("True StateUnknown");
    },
  );

  test("behind the close is followed, never swept", () => {
    const later = look(latest.rows, { begun: 2000 });
    const step = decided({ submission: running, latest: later, memory: owned });
    expect(conditionsOf(step)["Reconciling"]).toBe("True StateUnknown");
  });
});

test("every state and flag of Slurm that can be shown alone is in the table", () => {
  const words = stateIds.map(stateIn);
  /** They ride on an end and change nothing of it. */
  const riding = ["LAUNCH_FAILED", "RECONFIG_FAIL", "GETENV_FAILED", "UPDATE_DB"];
  const missing = [...baseStates, ...stateFlags].filter((word) => !words.includes(word));
  expect(missing.filter((word) => !riding.includes(word))).toEqual([]);
});
