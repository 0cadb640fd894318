import type { Release } from "../options/release.ts";
import type { ReadingError, ReadingWarning } from "./finding.ts";
import type { ScriptOption, ScriptReading } from "./script-reading.ts";

/** What another release refuses or reads otherwise, while it is not known which one will read the script. */
export function releaseWarnings(
  reading: ScriptReading,
  other: { readonly release: Release; readonly reading: ScriptReading },
): ReadingWarning[] {
  const refusals = other.reading.errors.filter((error) => !isAmong(error, reading.errors));
  if (refusals.length > 0) {
    return refusals.map(({ line, column, message }) => ({
      line,
      column,
      code: "ReleasesDiffer",
      message: `Slurm ${other.release} refuses this: ${message}`,
    }));
  }
  if (reading.errors.length > 0) return [];
  const [theirs] = other.reading.options.filter((option, index) => isOther(option, reading.options[index]));
  if (theirs === undefined) return [];
  return [
    {
      line: theirs.line,
      column: theirs.column,
      code: "ReleasesDiffer",
      message: `Slurm ${other.release} reads --${theirs.name}${theirs.value === undefined ? "" : ` as "${theirs.value.slice(0, 100)}"`} here, other releases read something else: put the value in quotes and leave out backslashes`,
    },
  ];
}

const isAmong = (error: ReadingError, errors: readonly ReadingError[]): boolean =>
  errors.some(
    ({ line, column, code }) => line === error.line && column === error.column && code === error.code,
  );

const isOther = (a: ScriptOption, b: ScriptOption | undefined): boolean =>
  a.name !== b?.name || a.value !== b.value;
