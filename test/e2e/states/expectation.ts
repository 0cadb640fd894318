import { expect } from "vitest";
import type { JobSubmission } from "../../../src/api/v1alpha1/job-submission.ts";
import { eventually } from "../../lab/eventually.ts";
import { conditionIn, messageIn, type Stage } from "../stage.ts";
import type { StateRow } from "./table.ts";

/** Whether a submission has come to where the row says. */
export function looksLike(seen: JobSubmission, row: StateRow): boolean {
  const { state, flags = [], reason } = seen.status;
  return (
    state === row.state &&
    flags.join(" ") === (row.flags ?? []).join(" ") &&
    conditionIn(seen, "Reconciling") === `True ${row.reason}` &&
    (row.word === undefined || reason?.word.startsWith(row.word) === true)
  );
}

/** Of one that looks like the row: that nothing of it says that it has ended, and that it tells what the row says. */
export function expectToLive(seen: JobSubmission, row: StateRow): void {
  expect(seen.status).toMatchObject({ phase: row.phase, finished: "false" });
  expect(conditionIn(seen, "Succeeded")).toBe(`Unknown ${row.reason}`);
  expect(conditionIn(seen, "Stalled")).toBe("absent");
  for (const part of row.says) expect(messageIn(seen)).toContain(part);
}

/** That it ended as the row says, in one attempt, and that nobody holds it any more. */
export function expectToHaveEnded(done: JobSubmission, row: StateRow): void {
  const { metadata, status } = done;
  expect({ message: messageIn(done), ...status }).toMatchObject({ phase: row.phase, state: row.state });
  expect(conditionIn(done, "Succeeded")).toBe(`${row.phase === "Done" ? "True" : "False"} ${row.reason}`);
  expect(conditionIn(done, "Reconciling")).toBe("absent");
  for (const part of row.says) expect(messageIn(done)).toContain(part);
  expect(status.flags).toBeUndefined();
  expect(status.attempts).toMatchObject([{ index: 1, jobId: status.jobId }]);
  expect(metadata.finalizers).toEqual([]);
}

/** Events are written after the status. */
export async function expectToBeTold(stage: Stage, done: JobSubmission): Promise<void> {
  const { metadata, status } = done;
  const type = status.phase === "Done" ? "Normal" : "Warning";
  await eventually(
    async () =>
      (await stage.events(metadata.name)).some(
        (event) => event.type === type && event.note === messageIn(done),
      ),
    { within: 30_000 },
  );
}
