import { DirectiveError } from "../directive-error.ts";
import type { OptionSetting } from "./option-groups.ts";
import { rowOf } from "./option-table.ts";
import { commandLineEffect, reservationOf } from "./reserved-options.ts";

const plain = /^[\w./,:=@%+*[\]-]*$/u;
// Newlines end a directive, NUL ends a word; the other control characters have no business in an option and confuse whoever prints it.
const unwritable = /[[\p{Cc}--[\t\u0080-\u009f]]\u2028\u2029]/v;

/**
 * The option as one word of sbatch's command line, `--name=value`. Not quoted for any shell.
 * @throws DirectiveError for an option or a value that Batchwright never sends
 */
export function formatWord(option: OptionSetting): string {
  const { name, value } = checked(option);
  return value === undefined ? `--${name}` : `--${name}=${value}`;
}

/**
 * The option as a `#SBATCH` line, quoted so that sbatch reads back exactly the value.
 * @throws DirectiveError for an option or a value that Batchwright never sends
 */
export function formatDirective(option: OptionSetting): string {
  return `#SBATCH ${formatDirectiveWord(option)}`;
}

/** The word of {@link formatDirective} without `#SBATCH`, for lines with several options. */
export function formatDirectiveWord(option: OptionSetting): string {
  const { name, value } = checked(option);
  if (value === undefined) return `--${name}`;
  if (plain.test(value)) return `--${name}=${value}`;
  return `--${name}="${value.replaceAll(/["\\]/gu, String.raw`\$&`)}"`;
}

function checked(option: OptionSetting): OptionSetting {
  const { name, value } = option;
  const effect = commandLineEffect(name) ?? reservationOf({ name, value }, undefined);
  if (effect !== undefined) throw new DirectiveError(`--${name}`, effect);
  if (value !== undefined && unwritable.test(value)) {
    throw new DirectiveError(
      value,
      `holds a control character, which cannot be in the value of --${name}: remove it`,
    );
  }
  const { argument } = rowOf(name);
  if (argument === "required" && value === undefined) throw new DirectiveError(`--${name}`, "needs a value");
  if (argument === "none" && value !== undefined) throw new DirectiveError(`--${name}`, "takes no value");
  return option;
}
