import type { OptionName } from "./option-table.ts";
import type { Release } from "./release.ts";

interface Exclusion {
  readonly names: readonly OptionName[];
  /** First release that refuses them together; earlier ones take the last. */
  readonly since: Release;
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
  { names: ["exclusive", "oversubscribe"], since: "24.11" },
  { names: ["cpus-per-task", "cpus-per-gpu"], since: "24.11" },
  { names: ["ntasks-per-gpu", "tres-per-task"], since: "24.11" },
  { names: ["ntasks-per-tres", "tres-per-task"], since: "24.11" },
];

/** The first exclusion that a set of options breaks, if any. */
export function excludingOptions(
  names: ReadonlySet<OptionName>,
  release: Release,
): readonly OptionName[] | undefined {
  for (const exclusion of exclusions) {
    const set = exclusion.names.filter((name) => names.has(name));
    if (set.length > 1 && exclusion.since <= release) return set;
  }
  return undefined;
}
