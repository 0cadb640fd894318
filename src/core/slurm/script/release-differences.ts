import type { Release } from "../options/release.ts";
import type { ReadingError, ReadingWarning } from "./finding.ts";
import type { ScriptOption, ScriptReading } from "./script-reading.ts";

/**
 * The reading of the newest release for a script of which nobody knows yet which release will read it: an error is only what all releases refuse;
 * what some refuse, or read otherwise, is a warning.
 * @param readings of each release, the newest last
 */
export function unitedReading(readings: readonly (readonly [Release, ScriptReading])[]): ScriptReading {
  const newest = readings.at(-1)?.[1];
  if (newest === undefined) throw new RangeError("no release has read the script");
  const errors = newest.errors.filter((error) => readings.every(([, { errors }]) => isAmong(error, errors)));
  const refusals = readings.flatMap(([release, reading]) =>
    reading.errors
      .filter((error) => !isAmong(error, errors))
      .map(({ line, column, message }) =>
        warning({ line, column }, `Slurm ${release} refuses this: ${message}`),
      ),
  );
  const differences =
    errors.length + refusals.length > 0
      ? []
      : readings.slice(0, -1).flatMap(([release, reading]) => difference(release, reading, newest));
  return { ...newest, errors, warnings: [...newest.warnings, ...refusals, ...differences] };
}

/** The first option that the releases read otherwise: what follows it may be a consequence. */
function difference(release: Release, reading: ScriptReading, newest: ScriptReading): ReadingWarning[] {
  const count = Math.max(reading.options.length, newest.options.length);
  for (let index = 0; index < count; index += 1) {
    const theirs = reading.options[index];
    const ours = newest.options[index];
    if (theirs?.name === ours?.name && theirs?.value === ours?.value) continue;
    const place = theirs ?? ours;
    if (place === undefined) return [];
    return [
      warning(
        place,
        `Slurm ${release} reads ${shown(theirs)} here, newer releases ${shown(ours)}: put the value in quotes and leave out backslashes`,
      ),
    ];
  }
  return [];
}

function shown(option: ScriptOption | undefined): string {
  if (option === undefined) return "nothing";
  return option.value === undefined ? `--${option.name}` : `--${option.name}="${option.value.slice(0, 100)}"`;
}

const warning = (
  place: { readonly line: number; readonly column: number },
  message: string,
): ReadingWarning => ({
  line: place.line,
  column: place.column,
  code: "ReleasesDiffer",
  message,
});

const isAmong = (error: ReadingError, errors: readonly ReadingError[]): boolean =>
  errors.some(
    ({ line, column, code }) => line === error.line && column === error.column && code === error.code,
  );
