import { readFileSync } from "node:fs";
import { join } from "node:path";
import { queueFields } from "../../../src/backends/slurm/poll/queue-fields.ts";
import { type FieldTexts, readQueueRow, splitRow } from "../../../src/backends/slurm/poll/queue-row.ts";
import type { JobRow } from "../../../src/core/slurm/job-row.ts";
import { rowOf, type StateId, stateIds } from "../../e2e/states/table.ts";
import { tokenAt } from "../core/submission/world.ts";

/** Releases of which rows are kept: as squeue printed them in a lab while states.test.ts ran, with | between fields. */
export const releases = ["22.05", "24.11"] as const;
export type Release = (typeof releases)[number];

export function recordedRows(release: Release): readonly FieldTexts[] {
  const text = readFileSync(join(import.meta.dirname, "recorded", `${release}.txt`), "utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => textsOf(line.replaceAll("|", "\u001F")));
}

function textsOf(line: string): FieldTexts {
  const texts = splitRow(line);
  if (texts === undefined) throw new Error(`not a row of ${queueFields.length} fields: ${line}`);
  return texts;
}

/** A recorded row as it would be with this state and reason. */
export function asIf(release: Release, { State, Reason }: { State: string; Reason: string }): FieldTexts {
  const running = recordedRows(release).find((texts) => texts.State === "RUNNING");
  if (running === undefined) throw new Error(`no running job was recorded on ${release}`);
  return { ...running, State, Reason };
}

/** The row as Batchwright reads it, of the job 7 of `world.ts`. */
export function jobRow(texts: FieldTexts): JobRow {
  const row = readQueueRow(texts, tokenAt(1));
  if (row === undefined) throw new Error(`not readable: ${Object.values(texts).join("|")}`);
  return { ...row, jobId: 7 };
}

/** Of the table's row, the state as squeue prints it. */
export const stateIn = (id: StateId): string => /^[A-Z_]+/u.exec(rowOf(id).slurm)?.[0] ?? "HIBERNATING";

/** The table's row for what squeue shows: by state, word and exit code. */
export function idOf({ State, Reason, exit_code }: FieldTexts): StateId | undefined {
  const byExit: Readonly<Record<string, StateId>> = {
    "32512": "noInterpreter",
    "127:0": "noInterpreter",
    "768": "edited",
    "3:0": "edited",
    "4021": "launchFailed",
    "0:53": "launchFailed",
    "1792": "exitCode",
    "7:0": "exitCode",
  };
  if (State === "FAILED") return byExit[exit_code];
  const ofState = stateIds.filter((id) => stateIn(id) === State);
  return (
    ofState.find((id) => Reason.startsWith(rowOf(id).word ?? "-")) ??
    ofState.find((id) => rowOf(id).word === undefined)
  );
}
