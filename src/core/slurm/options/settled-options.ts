import type { OptionName } from "./option-table.ts";
import type { OptionSetting } from "./option-groups.ts";

/** Pairs that share one setting inside sbatch: the last one said counts. */
const sharing: readonly (readonly OptionName[])[] = [
  ["exclusive", "oversubscribe"],
  ["requeue", "no-requeue"],
  ["nodelist", "nodefile"],
];

/**
 * What is left of the options of one level when each is said at most once: the last wins, `--mail-type` adds up,
 * `--kill-on-invalid-dep=yes` stays, and `--switches` keeps its waiting time. Source: measured on 22.05 and 24.11.
 */
export function settleOptions<Option extends OptionSetting>(options: readonly Option[]): Option[] {
  const settled = new Map<OptionName, Option>();
  for (const option of options) {
    const before = settled.get(option.name);
    for (const pair of sharing) if (pair.includes(option.name)) pair.forEach((name) => settled.delete(name));
    settled.delete(option.name);
    settled.set(
      option.name,
      before === undefined ? option : { ...option, value: settledValue(option, before) },
    );
  }
  return [...settled.values()];
}

function settledValue(option: OptionSetting, before: OptionSetting): string | undefined {
  const { name, value } = option;
  if (value === undefined || before.value === undefined) return value;
  if (name === "mail-type") return mailTypes([before.value, value]);
  if (name === "kill-on-invalid-dep") return /^yes$/iu.test(before.value) ? before.value : value;
  if (name === "switches" && !value.includes("@")) return `${value}${/@.*/u.exec(before.value)?.[0] ?? ""}`;
  return value;
}

/** NONE adds nothing and takes nothing away. */
function mailTypes(values: readonly string[]): string {
  const types = values
    .filter((value) => !/(?:^|,)none(?:,|$)/iu.test(value))
    .flatMap((value) => value.toUpperCase().split(","));
  return types.length === 0 ? "NONE" : [...new Set(types)].join(",");
}
