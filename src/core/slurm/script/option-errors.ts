import { nearest } from "../options/edit-distance.ts";
import type { OptionName, OptionRow } from "../options/option-table.ts";
import type { Release } from "../options/release.ts";
import type { ValueKind } from "../options/value-kind.ts";
import { valueRules } from "../options/value-rules.ts";
import type { ErrorCode, ReadingError } from "./finding.ts";
import type { OptionForm, Parsed } from "./option-words.ts";
import type { DirectiveKind } from "./script-reading.ts";
import type { Word } from "./word.ts";

type Problem<Form> = Exclude<Parsed<Form>, { readonly is: "option" }>;

/** Says why sbatch refuses a word of a directive, and what to write. */
export function parseError<Form extends OptionForm>(
  problem: Problem<Form>,
  context: { readonly kind: DirectiveKind; readonly forms: readonly Form[] },
): ReadingError {
  switch (problem.is) {
    case "unknown":
      return errorAt(problem.words, "UnknownOption", unknownMessage(problem.as, context));
    case "ambiguous":
      return errorAt(
        problem.words,
        "AmbiguousOption",
        `${problem.as} may stand for ${problem.names
          .slice(0, 8)
          .map((name) => `--${name}`)
          .join(", ")}${problem.names.length > 8 ? ", ..." : ""}; write the name out`,
      );
    case "noArgument":
      return errorAt(
        problem.words,
        "MissingArgument",
        `${problem.as} needs a value and none follows: write ${nameOf(problem.form)}=VALUE`,
      );
    case "unexpectedArgument":
      return errorAt(
        problem.words,
        "UnexpectedArgument",
        `${problem.as} takes no value: write ${problem.as} alone`,
      );
    case "noOption":
      return errorAt(problem.words, "UnexpectedWord", strayMessage(problem.words, context.kind));
  }
}

/** The rule of sbatch that an option's value breaks, if any. */
export function valueError(
  option: {
    readonly row: OptionRow<OptionName>;
    readonly value: string | undefined;
    readonly words: readonly Word[];
  },
  release: Release,
): ReadingError | undefined {
  if (option.value === undefined) return undefined;
  const rule = valueRules[option.row.value](option.value, release);
  if (rule === undefined) return undefined;
  const by = judgeOf(option.row.value, option.value);
  return {
    ...errorAt(option.words, "BadValue", `--${option.row.name}: "${option.value.slice(0, 200)}" ${rule}`),
    by,
  };
}

function judgeOf(kind: ValueKind, value: string): ReadingError["by"] {
  if (kind === "array" || kind === "shortText") return "slurmctld";
  // sbatch takes a negative or a huge number of minutes, and makes some other time of it.
  return (kind === "timeLimit" || kind === "duration") && /^-?\d+$/u.test(value) ? "Batchwright" : "sbatch";
}

export function errorAt(words: readonly Word[], code: ErrorCode, message: string): ReadingError {
  return { line: words[0]?.line ?? 1, column: words[0]?.column ?? 1, code, message, by: "sbatch" };
}

const nameOf = (form: OptionForm): string => (form.name === "\0" ? `-${form.short ?? ""}` : `--${form.name}`);

function unknownMessage(
  as: string,
  { kind, forms }: { readonly kind: DirectiveKind; readonly forms: readonly OptionForm[] },
): string {
  if (kind !== "#SBATCH") {
    return `sbatch reads ${kind} lines too, and refuses the script for ${as}, which it does not know there: remove it, or add #SBATCH --ignore-pbs`;
  }
  if (/^-[\u2010-\u2015\u2212]/u.test(as)) return `${as} begins with a dash that is no hyphen: write --`;
  const meant = as.startsWith("--")
    ? nearest(
        as.slice(2),
        forms.map((form) => form.name),
      )
    : undefined;
  const fix = meant === undefined ? "remove it, or correct the name" : `did you mean --${meant}?`;
  return `sbatch knows no option ${as}: ${fix}`;
}

function strayMessage(words: readonly Word[], kind: DirectiveKind): string {
  const written = words[0]?.written ?? "";
  if (/^[\u2010-\u2015\u2212]/u.test(written)) {
    return `"${written.slice(0, 100)}" begins with a dash that is no hyphen (a text editor's doing?): write -`;
  }
  return `"${written.slice(0, 100)}" is neither an option nor the value of one, and sbatch refuses the script: quote a value with blanks, write --option=value, or begin a comment with #${kind === "#SBATCH" ? "" : `; sbatch reads ${kind} lines too`}`;
}
