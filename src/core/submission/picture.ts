import type { JobSubmissionStatus } from "../../api/v1alpha1/job-submission-status.ts";
import type { Instant } from "../instant.ts";
import { summariseArray, type ArraySummary } from "../slurm/array-summary.ts";
import { rememberEnds } from "../slurm/array-summary-ends.ts";
import type { Exit } from "../slurm/exit-code.ts";
import { isFinal, type EndedState } from "../slurm/job-state-phase.ts";
import type { JobRow } from "../slurm/job-row.ts";
import type { BaseState, StateFlag } from "../slurm/job-state.ts";
import type { ExitMark } from "../slurm/marks.ts";
import { endOf } from "../slurm/verdict.ts";
import type { ArrayTasks } from "./retried-tasks.ts";

/** All that is known of the one job of a token at this moment. */
export interface Evidence {
  /** Of the job itself, not of others that carry its token. */
  readonly rows: readonly JobRow[];
  readonly accounting: readonly JobRow[];
  readonly exits: readonly ExitMark[];
  readonly cancelled: boolean;
  readonly waitsOver: boolean;
  readonly turnedAwayCode: number;
  /** Undefined for a job that is no array. */
  readonly tasks: ArrayTasks | undefined;
  /** `status.array` as last written. */
  readonly reported: JobSubmissionStatus["array"];
}

export type Verdict =
  | { readonly is: "live"; readonly state: BaseState }
  | { readonly is: "ended"; readonly state: EndedState; readonly exit: Exit | undefined }
  | { readonly is: "didNotRun" }
  | { readonly is: "unknown" }
  | { readonly is: "lost" };

/** A job or array in one view: how it stands, and the row that speaks for it. */
export interface Picture {
  readonly verdict: Verdict;
  readonly flags: readonly StateFlag[];
  readonly lead: JobRow | undefined;
  readonly array: ArraySummary | undefined;
  readonly startedAt: Instant | undefined;
  readonly endedAt: Instant | undefined;
}

export function pictureOf(evidence: Evidence): Picture {
  const lead = leadOf(evidence.rows) ?? leadOf(evidence.accounting);
  if (evidence.tasks !== undefined) return arrayPicture(evidence, evidence.tasks, lead);
  const row = leadOf(evidence.rows);
  const accounting = leadOf(evidence.accounting);
  const mark = evidence.exits.at(-1);
  const verdict = endOf({ ...evidence, row, accounting, mark });
  return {
    verdict,
    flags: lead?.flags ?? [],
    lead,
    array: undefined,
    startedAt: lead?.startedAt ?? accounting?.startedAt,
    endedAt: lead?.endedAt ?? accounting?.endedAt ?? mark?.at,
  };
}

function arrayPicture(evidence: Evidence, tasks: ArrayTasks, lead: JobRow | undefined): Picture {
  const remembered = rememberEnds(evidence.reported ?? { states: [] });
  const array = summariseArray({ ...evidence, ...tasks, remembered });
  const flags = [...new Set(evidence.rows.flatMap((row) => row.flags))].sort();
  return { verdict: array.overall, flags, lead, array, startedAt: array.startedAt, endedAt: array.endedAt };
}

/** The row that shows what is going on: a running one before a waiting one, both before one that has ended. */
function leadOf(rows: readonly JobRow[]): JobRow | undefined {
  const rank = (row: JobRow) => (isFinal(row) ? 0 : row.state === "PENDING" ? 1 : 2);
  return rows.toSorted((a, b) => rank(b) - rank(a) || (b.submittedAt ?? 0) - (a.submittedAt ?? 0))[0];
}
