import { findSameJob, isSameJob, saysTheSame, type JobRow } from "../../../core/slurm/job-row.ts";
import type { Token } from "../../../core/slurm/token.ts";
import type { RowsByToken } from "./queue-answer.ts";

/** Tokens whose rows changed, appeared or vanished between two snapshots. */
export function changedTokens(before: RowsByToken, now: RowsByToken): readonly Token[] {
  const changed: Token[] = [];
  for (const [token, rows] of now) {
    if (!sayTheSame(before.get(token), rows)) changed.push(token);
  }
  for (const token of before.keys()) {
    if (!now.has(token)) changed.push(token);
  }
  return changed;
}

/** squeue's order of rows is by priority and start, which says nothing of the rows. */
function sayTheSame(before: readonly JobRow[] | undefined, now: readonly JobRow[]): boolean {
  if (before?.length !== now.length) return false;
  return now.every((row, n) => {
    const atSamePlace = before[n];
    const earlier =
      atSamePlace !== undefined && isSameJob(atSamePlace, row) ? atSamePlace : findSameJob(before, row);
    return earlier !== undefined && saysTheSame(earlier, row);
  });
}
