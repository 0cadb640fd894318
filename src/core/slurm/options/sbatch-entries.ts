import { cutDirective } from "../script/directive-words.ts";
import { parseError, valueError } from "../script/option-errors.ts";
import { parseOptionWords } from "../script/option-words.ts";
import type { OptionSetting } from "./option-groups.ts";
import { canonicalName, optionsOf } from "./option-table.ts";
import type { Release } from "./release.ts";
import type { RequestError } from "./requested-options.ts";
import { commandLineEffect, reservationOf } from "./reserved-options.ts";

export interface EntryContext {
  /** Of the list: `spec.resources.sbatch`. */
  readonly field: string;
  readonly release: Release;
  readonly clusterName: string | undefined;
}

/** Reads entries of `resources.sbatch[]`, each as if it stood alone behind `#SBATCH`: `--comment=abc`, `-N 2`. */
export function readSbatchEntries(
  entries: readonly string[],
  context: EntryContext,
): { readonly set: readonly OptionSetting[]; readonly errors: readonly RequestError[] } {
  const set: OptionSetting[] = [];
  const errors: RequestError[] = [];
  for (const [index, entry] of entries.entries()) {
    for (const result of readEntry(entry, context)) {
      if (typeof result === "string") errors.push({ field: `${context.field}[${index}]`, message: result });
      else set.push(result);
    }
  }
  return { set, errors };
}

/** Settings, and messages for what is wrong. */
function readEntry(entry: string, context: EntryContext): (OptionSetting | string)[] {
  if (/[\n\0]/u.test(entry)) return ["an entry is one line: remove the line break"];
  const cut = cutDirective(entry, { line: 1, offset: 0 }, context.release);
  if (cut.end.is !== "whole") {
    return [
      `${JSON.stringify(entry.slice(0, 200))} cannot be read to its end (column ${cut.end.column}): write --option=value, quoted where it has blanks`,
    ];
  }
  if (cut.words.length === 0) return ["the entry holds no option: remove it"];
  const forms = optionsOf(context.release);
  return parseOptionWords(cut.words, forms).map((item) => {
    if (item.is !== "option") return parseError(item, { kind: "#SBATCH", forms }).message;
    const { form: row, words } = item;
    const value = row.argument === "optional" && item.value === "" ? undefined : item.value;
    const option = { name: canonicalName(row.name), value };
    const effect = commandLineEffect(option.name);
    if (effect !== undefined) return `--${option.name} ${effect}: remove it`;
    const reservation = reservationOf(option, context.clusterName);
    if (reservation !== undefined) return `--${option.name} ${reservation}`;
    return valueError({ row, value, words }, context.release)?.message ?? option;
  });
}
