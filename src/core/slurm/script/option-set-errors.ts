import { isCarried } from "../options/carried-options.ts";
import { excludingOptions } from "../options/excluding-options.ts";
import { optionsOf } from "../options/option-table.ts";
import type { OptionName } from "../options/option-table.ts";
import type { Release } from "../options/release.ts";
import { reservationOf } from "../options/reserved-options.ts";
import type { ReadingError } from "./finding.ts";
import { errorAt, valueError } from "./option-errors.ts";
import type { ScriptOption } from "./script-reading.ts";

/** sbatch looks at the value of these only when it has read everything: what was said before does not matter. */
export const judgedLast: ReadonlySet<OptionName> = new Set<OptionName>(["hint", "nodelist", "tres-per-task"]);
/** Beside one of these sbatch drops --hint unseen. */
const overHint: readonly OptionName[] = ["extra-node-info", "ntasks-per-core", "threads-per-core"];

const keyOf = (option: ScriptOption, name: OptionName): string => `${option.component} ${name}`;

/** What is wrong with options that could be read: values, options that Batchwright reserves, options that exclude each other. */
export function optionErrors(
  options: readonly ScriptOption[],
  { release, clusterName }: { readonly release: Release; readonly clusterName: string | undefined },
): ReadingError[] {
  const errors: ReadingError[] = [];
  const rows = new Map(optionsOf(release).map((row) => [row.name, row]));
  const last = new Map(options.map((option) => [keyOf(option, option.name), option]));
  const isJudged = (option: ScriptOption): boolean =>
    !judgedLast.has(option.name) ||
    (last.get(keyOf(option, option.name)) === option &&
      (option.name !== "hint" || !overHint.some((name) => last.has(keyOf(option, name)))));
  for (const option of options) {
    const row = rows.get(option.name);
    const bad = row === undefined || !isJudged(option) ? undefined : valueError({ ...option, row }, release);
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
