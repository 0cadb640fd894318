import type { OptionName } from "./option-table.ts";

/** An option as some level asks for it: `value` is `undefined` for one without argument. */
export interface OptionSetting {
  readonly name: OptionName;
  readonly value: string | undefined;
}

/**
 * Options of which a higher level replaces all when it says one. Either sbatch refuses them together, or the last one hides the others, or
 * (`layout`, `gpus`) two levels that each say a part would ask for something that nobody wrote.
 */
const groups: readonly (readonly OptionName[])[] = [
  ["mem", "mem-per-cpu", "mem-per-gpu"],
  ["gpus", "gpus-per-node", "gpus-per-socket", "gpus-per-task", "gres", "tres-per-task"],
  [
    "nodes",
    "ntasks",
    "ntasks-per-core",
    "ntasks-per-gpu",
    "ntasks-per-node",
    "ntasks-per-socket",
    "ntasks-per-tres",
    "tres-per-task",
  ],
  ["ntasks-per-gpu", "ntasks-per-tres", "gpus-per-task", "gpus-per-socket", "tres-per-task"],
  ["cpus-per-task", "cpus-per-gpu", "tres-per-task"],
  ["exclusive", "oversubscribe"],
  ["requeue", "no-requeue"],
  ["nodelist", "nodefile"],
  ["hold", "priority"],
  ["core-spec", "thread-spec"],
  ["bb", "bbf"],
  ["hint", "extra-node-info"],
  ["hint", "ntasks-per-core"],
  ["hint", "threads-per-core"],
  ["extra-node-info", "sockets-per-node"],
  ["extra-node-info", "cores-per-socket"],
  ["extra-node-info", "threads-per-core"],
];

/**
 * What is left of a lower level's option when a higher level says another: all of it, nothing (`undefined`), or, of `--gres`, what is no GPU.
 */
export function remainderOf(lower: OptionSetting, higher: OptionSetting): OptionSetting | undefined {
  if (lower.name === higher.name) return undefined;
  const together = groups.filter((group) => group.includes(lower.name) && group.includes(higher.name));
  if (together.length === 0 || !meansGpus(higher)) return lower;
  if (lower.name !== "gres") return undefined;
  const others = entriesOf(lower).filter((entry) => !isGpu(entry));
  if (others.length === entriesOf(lower).length) return lower;
  return others.length === 0 ? undefined : { name: "gres", value: others.join(",") };
}

/** `--gres` belongs to the group only as far as it asks for GPUs. */
const meansGpus = (option: OptionSetting): boolean => option.name !== "gres" || entriesOf(option).some(isGpu);
const entriesOf = (option: OptionSetting): readonly string[] => (option.value ?? "").split(",");
const isGpu = (entry: string): boolean => /^(?:gres[:/])?gpu(?:[:=]|$)/iu.test(entry);
