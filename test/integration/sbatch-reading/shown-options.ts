import { parseMemory } from "../../../src/core/slurm/memory.ts";
import { rowOf } from "../../../src/core/slurm/options/option-table.ts";
import type { OptionName } from "../../../src/core/slurm/options/option-table.ts";
import type { OptionSetting } from "../../../src/core/slurm/options/option-groups.ts";
import type { ValueKind } from "../../../src/core/slurm/options/value-kind.ts";
import { parseDuration, parseTimeLimit } from "../../../src/core/slurm/time-limit.ts";

/**
 * One spelling for an option's value, from the author's text as well as from what sbatch shows among its "defined options", so that both compare.
 * `undefined`: sbatch shows something else (a date, a mask) and only that it has the option can be compared.
 */
export function comparable(option: OptionSetting): string | undefined {
  const path = paths[option.name];
  if (path !== undefined) return path(option.value ?? "");
  return spellings[rowOf(option.name).value](option.value ?? "", option.name);
}

type Spelling = (value: string, name: OptionName) => string | undefined;

const whole: Spelling = (value) => String(Number.parseInt(value || "0", 10) || 0);
const lower: Spelling = (value) => value.toLowerCase();
const unknown: Spelling = () => undefined;
const same: Spelling = (value) => value;

/** sbatch completes these with the job's directory, which --chdir may set: only the end of the path is ours. */
const end = (value: string): string => value.split("/").at(-1) ?? "";
const endUnlessNone = (value: string): string => (/^none$/iu.test(value) ? "null" : end(value));
const paths: Partial<Record<OptionName, (value: string) => string>> = {
  chdir: end,
  error: endUnlessNone,
  input: endUnlessNone,
  output: endUnlessNone,
};

/** Options without argument show as `set`, or as the setting that they share. */
const flags: Partial<Record<OptionName, string>> = {
  oversubscribe: "oversubscribe",
  requeue: "requeue",
  "no-requeue": "no-requeue",
  propagate: "ALL",
  "get-user-env": "0",
};

const spellings: Record<ValueKind, Spelling> = {
  text: (value, name) => {
    if (rowOf(name).argument === "none") return flags[name] ?? "set";
    return value === "" ? (flags[name] ?? "") : value;
  },
  shortText: same,
  never: unknown,
  count: whole,
  wholeNumber: whole,
  zeroOrOne: (value, name) => (name === "oom-kill-step" && value === "" ? "1" : whole(value, name)),
  segment: unknown,
  nice: (value, name) => (value === "" ? "100" : whole(value, name)),
  priority: unknown,
  switches: unknown,
  nodeCount: unknown,
  nodeList: unknown,
  nodeShape: unknown,
  timeLimit: (value) => String(parseTimeLimit(value)),
  duration: (value) => String(parseDuration(value)),
  moment: unknown,
  memory: (value) => String(parseMemory(value.replace(/\?$/u, ""))),
  array: same,
  distribution: unknown,
  exclusive: (value) => (value === "" ? "exclusive" : value.toLowerCase()),
  openMode: (value) => value.slice(0, 1).toLowerCase(),
  yesOrNo: lower,
  noKill: (value) => (/^(?:off|no|unset)$/iu.test(value) ? "unset" : "set"),
  hint: same,
  mailType: unknown,
  signal: unknown,
  profile: unknown,
  accountingFrequency: same,
  memoryBinding: unknown,
  gpuBinding: same,
  gpuFrequency: same,
  gres: (value) =>
    value
      .split(",")
      .map((entry) => entry.replace(/^gres[:/](?:gres[:/])?/iu, ""))
      .join(","),
  gresFlags: unknown,
  tresPerTask: same,
};
