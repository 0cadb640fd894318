import type { Release } from "./release.ts";
import type { ValueKind } from "./value-kind.ts";

/** Whether an option takes an argument. An optional one only counts in the same word: `--nice=5`, `-koff`. */
export type Argument = "none" | "optional" | "required";

interface Extra {
  readonly short?: string;
  /** First release that knows the option, if 22.05 does not. */
  readonly since?: Release;
  /** First release that does not know it any more. */
  readonly until?: Release;
  /** The option that sbatch takes this name for. */
  readonly means?: string;
}

export interface OptionRow<Name extends string = string> extends Extra {
  readonly name: Name;
  readonly argument: Argument;
  readonly value: ValueKind;
}

const flag = <const Name extends string>(name: Name, extra: Extra = {}): OptionRow<Name> => ({
  name,
  argument: "none",
  value: "text",
  ...extra,
});
const optional = <const Name extends string>(
  name: Name,
  value: ValueKind,
  extra: Extra = {},
): OptionRow<Name> => ({ name, argument: "optional", value, ...extra });
const required = <const Name extends string>(
  name: Name,
  value: ValueKind = "text",
  extra: Extra = {},
): OptionRow<Name> => ({ name, argument: "required", value, ...extra });

/**
 * Every long option of sbatch, the undocumented ones too: 106 in 22.05 (Debian 12), 114 in 24.11 (Debian 13).
 * Source: the getopt tables of the binaries, asked with `sbatch --a`, `--b`... for the names and with and without `=` for the argument's form.
 */
export const optionTable = [
  required("account", "text", { short: "A" }),
  required("acctg-freq", "accountingFrequency"),
  required("array", "array", { short: "a" }),
  required("autocomplete", "never", { since: "24.11" }),
  required("batch"),
  required("bb"),
  required("bbf"),
  required("begin", "moment", { short: "b" }),
  required("chdir", "text", { short: "D" }),
  required("cluster", "text", { means: "clusters" }),
  required("cluster-constraint"),
  required("clusters", "text", { short: "M" }),
  required("comment", "shortText"),
  required("constraint", "text", { short: "C" }),
  required("container"),
  required("container-id", "text", { since: "24.11" }),
  required("context"),
  flag("contiguous"),
  required("core-spec", "wholeNumber", { short: "S" }),
  required("cores-per-socket", "count"),
  required("cpu-freq"),
  required("cpus-per-gpu", "count"),
  required("cpus-per-task", "count", { short: "c" }),
  required("deadline", "moment"),
  required("delay-boot", "duration"),
  required("dependency", "text", { short: "d" }),
  required("distribution", "distribution", { short: "m" }),
  required("error", "text", { short: "e" }),
  required("exclude", "text", { short: "x" }),
  optional("exclusive", "exclusive"),
  required("export"),
  required("export-file"),
  required("extra", "text", { since: "24.11" }),
  required("extra-node-info", "nodeShape", { short: "B" }),
  optional("get-user-env", "text"),
  required("gid"),
  required("gpu-bind", "gpuBinding"),
  required("gpu-freq", "gpuFrequency"),
  required("gpus", "text", { short: "G" }),
  required("gpus-per-node"),
  required("gpus-per-socket"),
  required("gpus-per-task"),
  required("gres", "gres"),
  required("gres-flags", "gresFlags"),
  flag("help", { short: "h" }),
  required("hint", "hint"),
  flag("hold", { short: "H" }),
  flag("ignore-pbs"),
  required("input", "text", { short: "i" }),
  required("job-name", "shortText", { short: "J" }),
  required("kill-on-invalid-dep", "yesOrNo"),
  required("licenses", "text", { short: "L" }),
  required("mail-type", "mailType"),
  required("mail-user"),
  required("mcs-label"),
  required("mem", "memory"),
  required("mem-bind", "memoryBinding"),
  required("mem-per-cpu", "memory"),
  required("mem-per-gpu", "memory"),
  required("mincpus", "count"),
  required("network"),
  optional("nice", "nice"),
  optional("no-kill", "noKill", { short: "k" }),
  flag("no-requeue"),
  required("nodefile", "text", { short: "F" }),
  required("nodelist", "nodeList", { short: "w" }),
  required("nodes", "nodeCount", { short: "N" }),
  required("ntasks", "count", { short: "n" }),
  required("ntasks-per-core", "count"),
  required("ntasks-per-gpu", "count"),
  required("ntasks-per-node", "count"),
  required("ntasks-per-socket", "count"),
  required("ntasks-per-tres", "count"),
  optional("oom-kill-step", "zeroOrOne", { since: "24.11" }),
  required("open-mode", "openMode"),
  required("output", "text", { short: "o" }),
  flag("overcommit", { short: "O" }),
  flag("oversubscribe", { short: "s" }),
  flag("parsable"),
  required("partition", "text", { short: "p" }),
  required("power", "text", { until: "24.11" }),
  required("prefer"),
  required("priority", "priority"),
  required("profile", "profile"),
  optional("propagate", "text"),
  required("qos", "text", { short: "q" }),
  flag("quiet", { short: "Q" }),
  flag("reboot"),
  flag("requeue"),
  required("reservation"),
  optional("resv-ports", "never", { since: "24.11" }),
  required("segment", "segment", { since: "24.11" }),
  required("signal", "signal"),
  required("sockets-per-node", "count"),
  flag("spread-job"),
  flag("stepmgr", { since: "24.11" }),
  required("switches", "switches"),
  required("tasks-per-node", "count", { means: "ntasks-per-node" }),
  flag("test-only"),
  required("thread-spec", "count"),
  required("threads-per-core", "count"),
  required("time", "timeLimit", { short: "t" }),
  required("time-min", "timeLimit"),
  required("tmp", "memory"),
  required("tres-bind", "text", { since: "24.11" }),
  required("tres-per-task", "tresPerTask", { since: "24.11" }),
  required("uid"),
  flag("usage"),
  flag("use-min-nodes"),
  flag("verbose", { short: "v" }),
  flag("version", { short: "V" }),
  flag("wait", { short: "W" }),
  required("wait-all-nodes", "zeroOrOne"),
  required("wckey"),
  required("wrap"),
] as const;

export type OptionName = (typeof optionTable)[number]["name"];

const rowsByName = new Map<string, OptionRow<OptionName>>(optionTable.map((row) => [row.name, row]));

export function isOptionName(name: string): name is OptionName {
  return rowsByName.has(name);
}

export function rowOf(name: OptionName): OptionRow<OptionName> {
  const row = rowsByName.get(name);
  if (row === undefined) throw new RangeError(`no option of sbatch: ${name}`);
  return row;
}

/** The name under which sbatch keeps what an alias set: `tasks-per-node` is `ntasks-per-node`. */
export function canonicalName(name: OptionName): OptionName {
  const { means } = rowOf(name);
  return means !== undefined && isOptionName(means) ? means : name;
}

/** The options that a release knows, in its own order. */
export function optionsOf(release: Release): readonly OptionRow<OptionName>[] {
  return tables[release];
}

const known = (row: OptionRow, release: Release): boolean =>
  (row.since === undefined || row.since <= release) && (row.until === undefined || row.until > release);
const tables: Record<Release, readonly OptionRow<OptionName>[]> = {
  "22.05": optionTable.filter((row: OptionRow) => known(row, "22.05")),
  "24.11": optionTable.filter((row: OptionRow) => known(row, "24.11")),
};
