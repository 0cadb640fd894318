import { lacksUnit } from "../memory.ts";
import { rowOf } from "../options/option-table.ts";
import type { ReadingWarning, WarningCode } from "./finding.ts";
import type { ScriptOption } from "./script-reading.ts";

/** What sbatch takes otherwise than it looks. `as` is the option as the author named it. */
export function optionWarnings(option: ScriptOption, as: string): ReadingWarning[] {
  const { name, value = "" } = option;
  const warnings: ReadingWarning[] = [];
  const warn = (code: WarningCode, message: string): void => {
    warnings.push({ line: option.line, column: option.column, code, message });
  };
  const isShort = !as.startsWith("--");
  if (isShort && value.startsWith("=")) {
    warn(
      "EqualsKept",
      `sbatch keeps the = and reads --${name}="${value}": write ${as}${value.slice(1)} or --${name}${value}`,
    );
  }
  if (as === "--tasks") {
    warn(
      "Abbreviation",
      "sbatch reads --tasks as --ntasks-per-node: write --ntasks if you mean all tasks of the job",
    );
  }
  if (/[\u2018\u2019\u201c\u201d]/u.test(value)) {
    warn(
      "Typography",
      "the curly quotes are plain characters to sbatch and become part of the value: write straight ones",
    );
  }
  if (/^[\u2010-\u2015\u2212]/u.test(value)) {
    warn("Typography", "the value begins with a dash that is no hyphen, and sbatch keeps it: write -");
  }
  if (rowOf(name).value === "memory" && option.kind === "#SBATCH" && lacksUnit(value)) {
    warn("NoMemoryUnit", `sbatch takes ${value} for ${value.trim()}M: write the unit, M, G or T`);
  }
  return warnings;
}

/** Options said twice in one component, of which sbatch takes the last; `--mail-type` adds up. */
export function repetitionWarnings(options: readonly ScriptOption[]): ReadingWarning[] {
  const last = new Map<string, ScriptOption>();
  const warnings: ReadingWarning[] = [];
  for (const option of options) {
    const key = `${option.component} ${option.name}`;
    const before = last.get(key);
    last.set(key, option);
    if (
      before === undefined ||
      option.name === "mail-type" ||
      (option.component > 0 && option.kind !== "#SBATCH")
    )
      continue;
    const shown = option.value === undefined ? "" : `, ${option.value.slice(0, 100)}`;
    warnings.push(
      option.kind !== "#SBATCH" && before.kind === "#SBATCH"
        ? {
            line: option.line,
            column: option.column,
            code: "ForeignOverrides",
            message: `sbatch reads ${option.kind} lines after all #SBATCH lines, so this one wins over --${option.name} of line ${before.line}: remove one of them`,
          }
        : {
            line: option.line,
            column: option.column,
            code: "Repeated",
            message: `--${option.name} was said on line ${before.line} already; sbatch takes the last one${shown}: remove the other`,
          },
    );
  }
  return warnings;
}
