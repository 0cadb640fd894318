import { isCarried } from "../options/carried-options.ts";
import { excludingOptions } from "../options/excluding-options.ts";
import { optionsOf } from "../options/option-table.ts";
import type { OptionName } from "../options/option-table.ts";
import type { Release } from "../options/release.ts";
import { reservationOf } from "../options/reserved-options.ts";
import type { ReadingError } from "./finding.ts";
import { errorAt, valueError } from "./option-errors.ts";
import type { ScriptOption } from "./script-reading.ts";

/** What is wrong with options that could be read: values, options that Batchwright reserves, options that exclude each other. */
export function optionErrors(
  options: readonly ScriptOption[],
  { release, clusterName }: { readonly release: Release; readonly clusterName: string | undefined },
): ReadingError[] {
  const errors: ReadingError[] = [];
  const rows = new Map(optionsOf(release).map((row) => [row.name, row]));
  for (const option of options) {
    const row = rows.get(option.name);
    const bad = row === undefined ? undefined : valueError({ ...option, row }, release);
    if (bad !== undefined && !isRepeatOfComponent(option, options)) errors.push(bad);
    const why = reservationOf(option, clusterName);
    if (why !== undefined) {
      errors.push({
        ...errorAt(option.words, "ReservedOption", `--${option.name} ${why}`),
        by: "Batchwright",
      });
    }
  }
  return [...errors, ...exclusionErrors(options, release)];
}

function exclusionErrors(options: readonly ScriptOption[], release: Release): ReadingError[] {
  const components = Map.groupBy(options, ({ component }) => component);
  let asked = new Map<OptionName, ScriptOption>();
  return [...components.entries()]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([, said]) => {
      asked = new Map([...asked].filter(([name]) => isCarried(name)));
      for (const option of said) asked.set(option.name, option);
      const together = excludingOptions(asked.values(), release);
      if (together === undefined) return [];
      const latest = said.findLast(({ name }) => together.includes(name)) ?? said[0];
      return [
        errorAt(
          latest?.words ?? [],
          "ExcludingOptions",
          `${together.map((name) => `--${name}`).join(" and ")} exclude each other, and sbatch refuses the script: keep one`,
        ),
      ];
    });
}

/** A `#PBS` option holds for each component; its error is told once. */
function isRepeatOfComponent(option: ScriptOption, options: readonly ScriptOption[]): boolean {
  return (
    option.kind !== "#SBATCH" &&
    option.component > 0 &&
    options.some(
      (other) => other.component === 0 && other.words === option.words && other.value === option.value,
    )
  );
}
