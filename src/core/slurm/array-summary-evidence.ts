import type { EndedTask } from "./array-summary-ends.ts";
import { readIndexes } from "./array-summary-ranges.ts";
import type { JobRow } from "./job-row.ts";
import { isEnded } from "./job-state-phase.ts";
import type { ExitMark } from "./marks.ts";
import type { Evidence } from "./verdict.ts";

/** All that is known of one array. */
export interface ArrayEvidence {
  /** As asked for at the submit, ascending: Slurm itself forgets tasks. */
  readonly indexes: readonly number[];
  /** Further tasks of the array, which have ended before and were not asked for again. Ascending. */
  readonly settled?: readonly EndedTask[];
  readonly rows: readonly JobRow[];
  readonly accounting: readonly JobRow[];
  readonly exits: readonly ExitMark[];
  /** Ends that were reported before, see `rememberEnds`. */
  readonly remembered: ReadonlyMap<number, EndedTask>;
  readonly cancelled: boolean;
  readonly waitsOver: boolean;
  readonly turnedAwayCode: number;
}

/** Deals rows and marks out to the tasks asked for; what belongs to no such task is dropped. */
export function* evidenceByIndex(seen: ArrayEvidence): Generator<readonly [number, Evidence]> {
  const rows = rowsByIndex(seen.rows, seen.indexes);
  const accounting = rowsByIndex(seen.accounting, seen.indexes);
  const marks = new Map(seen.exits.map((mark) => [mark.taskIndex, mark]));
  for (const index of seen.indexes) {
    yield [
      index,
      {
        row: rows.get(index),
        accounting: accounting.get(index),
        mark: marks.get(index),
        cancelled: seen.cancelled,
        waitsOver: seen.waitsOver,
        turnedAwayCode: seen.turnedAwayCode,
      },
    ];
  }
}

/**
 * A started task has a row of its own; the pending rest shares one with a list. A list that Slurm cut (`0,2,4,...`) or that we cannot read
 * stands for every task that has no row: they are in the queue, which ones exactly does not matter.
 */
function rowsByIndex(rows: readonly JobRow[], indexes: readonly number[]): ReadonlyMap<number, JobRow> {
  const byIndex = new Map<number, JobRow>();
  const shared: { readonly row: JobRow; readonly indexes: readonly number[] }[] = [];
  for (const row of rows) {
    const own = row.taskIndexes !== undefined && /^\d+$/u.test(row.taskIndexes);
    if (own) keepNewer(byIndex, Number(row.taskIndexes), row);
    else shared.push({ row, indexes: sharedIndexes(row, indexes) });
  }
  for (const { row, indexes: covered } of shared) {
    for (const index of covered) {
      if (!byIndex.has(index)) byIndex.set(index, row);
    }
  }
  return byIndex;
}

function sharedIndexes(row: JobRow, indexes: readonly number[]): readonly number[] {
  const read = row.taskIndexes === undefined ? undefined : readIndexes(row.taskIndexes);
  if (read !== undefined) return read;
  return isEnded(row.state) ? [] : indexes;
}

function keepNewer(byIndex: Map<number, JobRow>, index: number, row: JobRow): void {
  const other = byIndex.get(index);
  if (other === undefined || (row.submittedAt ?? 0) >= (other.submittedAt ?? 0)) byIndex.set(index, row);
}
