import { settleOptions } from "../../../src/core/slurm/options/settled-options.ts";
import { isCarried } from "../../../src/core/slurm/options/carried-options.ts";
import type { OptionSetting } from "../../../src/core/slurm/options/option-groups.ts";
import type { ScriptReading } from "../../../src/core/slurm/script/script-reading.ts";
import type { Answer } from "./real-sbatch.ts";
import { comparable } from "./shown-options.ts";

/** Refusals that depend on the site's GRES, which come between the components, and those of files that `/` in a list of nodes names. */
const refusedLater = /Invalid generic resource|error opening file|Hostlist is empty/u;

/** How our reading of a script differs from the real sbatch's; `undefined` when it does not. */
export function readingDifference(reading: ScriptReading, answer: Answer): string | undefined {
  const refusals = reading.errors.filter(({ by }) => by === "sbatch");
  const taken = answer.components.length >= reading.components;
  if (refusals.length > 0) {
    return taken
      ? `we refuse, sbatch takes it: ${refusals.map(({ message }) => message).join("; ")}`
      : undefined;
  }
  if (!taken && !refusedLater.test(answer.text)) return `sbatch refuses, we take it: ${answer.text}`;
  let carried: readonly OptionSetting[] = [];
  for (const [index, shown] of answer.components.entries()) {
    const own = reading.options.filter(({ component }) => component === index);
    const settled = settleOptions<OptionSetting>([...carried, ...own]);
    const difference = componentDifference(settled, shown);
    if (difference !== undefined) return `component ${index}: ${difference}`;
    carried = settled.filter(({ name }) => isCarried(name));
  }
  return undefined;
}

/** sbatch marks each of these as said, and shows for both the setting that they share. */
const sharing = [
  ["exclusive", "oversubscribe"],
  ["requeue", "no-requeue"],
  ["nodelist", "nodefile"],
];

/** `(null)` is the umask of `#PBS`; a hint gives way to other options, or changes them; the rest is never shown, or asked by the question itself. */
const notCompared = new Set(["(null)", "hint", "wrap", "test-only", "parsable", "wait"]);

/** How the options of one component differ from sbatch's "defined options". */
export function componentDifference(
  settled: readonly OptionSetting[],
  shown: ReadonlyMap<string, string>,
): string | undefined {
  const ours = new Map<string, OptionSetting>(settled.map((option) => [option.name, option]));
  for (const name of new Set([...ours.keys(), ...shown.keys()])) {
    if (isCompared(name, { ours, shown })) {
      // --cluster is kept beside --clusters.
      const difference = optionDifference(
        name,
        ours.get(name === "cluster" ? "clusters" : name),
        shown.get(name),
      );
      if (difference !== undefined) return difference;
    }
  }
  return undefined;
}

function isCompared(
  name: string,
  { ours, shown }: { ours: ReadonlyMap<string, OptionSetting>; shown: ReadonlyMap<string, string> },
): boolean {
  if (notCompared.has(name) || (ours.has("hint") && name.includes("-per-"))) return false;
  if (name === "clusters" && shown.has("cluster")) return false;
  const pair = sharing.find((names) => names.includes(name)) ?? [];
  return ours.has(name) || !pair.some((other) => ours.has(other));
}

function optionDifference(
  name: string,
  option: OptionSetting | undefined,
  theirs: string | undefined,
): string | undefined {
  const read = option === undefined ? undefined : comparable(option);
  const real =
    option === undefined || theirs === undefined ? theirs : comparable({ name: option.name, value: theirs });
  if (option !== undefined && theirs !== undefined && (read === undefined || read === real)) return undefined;
  const said = option === undefined ? "nothing" : JSON.stringify(option.value ?? null);
  return `--${name}: we read ${said} (${read ?? ""}), sbatch ${theirs === undefined ? "nothing" : JSON.stringify(theirs)} (${real ?? ""})`;
}
