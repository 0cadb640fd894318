import type { OptionName } from "./option-table.ts";
import type { OptionSetting } from "./option-groups.ts";
import type { Release } from "./release.ts";

interface Exclusion {
  readonly names: readonly OptionName[];
  /** First release that refuses them together; earlier ones take the last. */
  readonly since: Release;
  readonly unlessEqual?: boolean;
}

/**
 * Sets of options of which sbatch itself, before it asks a controller, takes at most one.
 * Source: measured on 22.05 and 24.11.
 */
const exclusions: readonly Exclusion[] = [
  { names: ["mem", "mem-per-cpu", "mem-per-gpu"], since: "22.05" },
  { names: ["core-spec", "thread-spec"], since: "22.05" },
  { names: ["bb", "bbf"], since: "22.05" },
  { names: ["ntasks-per-gpu", "gpus-per-task"], since: "22.05" },
  { names: ["ntasks-per-gpu", "gpus-per-socket"], since: "22.05" },
  { names: ["ntasks-per-gpu", "ntasks-per-node"], since: "22.05" },
  { names: ["ntasks-per-tres", "gpus-per-task"], since: "22.05" },
  { names: ["ntasks-per-tres", "gpus-per-socket"], since: "22.05" },
  { names: ["ntasks-per-tres", "ntasks-per-node"], since: "22.05" },
  { names: ["ntasks-per-gpu", "ntasks-per-tres"], since: "22.05", unlessEqual: true },
  { names: ["exclusive", "oversubscribe"], since: "24.11" },
  { names: ["cpus-per-task", "cpus-per-gpu"], since: "24.11" },
  { names: ["ntasks-per-gpu", "tres-per-task"], since: "24.11" },
  { names: ["ntasks-per-tres", "tres-per-task"], since: "24.11" },
];

/** The first set of options, all of them asked for, that sbatch would refuse together. */
export function excludingOptions(
  options: Iterable<OptionSetting>,
  release: Release,
): readonly OptionName[] | undefined {
  const asked = new Map<OptionName, string | undefined>();
  for (const { name, value } of options) asked.set(name, value);
  for (const { names, since, unlessEqual = false } of exclusions) {
    const together = names.filter((name) => asked.has(name));
    const differ = new Set(together.map((name) => asked.get(name))).size > 1;
    if (together.length > 1 && since <= release && (differ || !unlessEqual)) return together;
  }
  return undefined;
}
