import { instant, type Instant } from "../../../core/instant.ts";

/** Between two fields of a row: squeue and sinfo print what stands behind a field's width. */
export const fieldEnd = "\u001F";

/** Slurm's ways to say nothing, in all fields of all commands. */
const nothing: ReadonlySet<string> = new Set([
  "",
  "N/A",
  "n/a",
  "NONE",
  "None",
  "none",
  "(null)",
  "Unknown",
  "None assigned",
  "NOT_SET",
]);

export const textOf = (field: string): string => (nothing.has(field) ? "" : field);

/** Whole numbers that fit a job id, a priority or a count; undefined for all else. */
export function numberOf(field: string): number | undefined {
  return /^\d{1,15}$/u.test(field) ? Number(field) : undefined;
}

/** Seconds since the epoch, as `SLURM_TIME_FORMAT=%s` makes Slurm write every time; undefined where it has none. */
export function momentOf(field: string): Instant | undefined {
  const seconds = numberOf(field);
  return seconds === undefined || seconds === 0 ? undefined : instant(seconds * 1_000);
}

/**
 * Seconds of a limit as squeue and sinfo write it: `S`-ended `M:S`, `H:M:S`, `D-H:M:S`. Undefined for UNLIMITED, NOT_SET, Partition_Limit and for what
 * squeue calls INVALID (more than 365 days).
 */
export function limitOf(field: string): number | undefined {
  const match = /^(?:(?:(\d{1,6})-)?(\d{1,6}):)?(\d{1,3}):(\d{2})$/u.exec(field);
  if (match === null) return undefined;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
}
