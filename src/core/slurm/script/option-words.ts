import type { Argument } from "../options/option-table.ts";
import type { Word } from "./word.ts";

/** What getopt_long needs to know of an option. */
export interface OptionForm {
  readonly name: string;
  readonly argument: Argument;
  readonly short?: string;
}

export type Parsed<Form> =
  | {
      readonly is: "option";
      readonly form: Form;
      /** `undefined` without an argument; `""` for `--comment=`. */
      readonly value: string | undefined;
      readonly words: readonly Word[];
      /** As the author named it: `-p`, `--comm`. */
      readonly as: string;
    }
  | { readonly is: "unknown"; readonly as: string; readonly words: readonly Word[] }
  | {
      readonly is: "ambiguous";
      readonly as: string;
      readonly names: readonly string[];
      readonly words: readonly Word[];
    }
  | { readonly is: "noArgument"; readonly form: Form; readonly as: string; readonly words: readonly Word[] }
  | {
      readonly is: "unexpectedArgument";
      readonly form: Form;
      readonly as: string;
      readonly words: readonly Word[];
    }
  | { readonly is: "noOption"; readonly words: readonly Word[] };

/**
 * Reads words as glibc's getopt_long with a leading `+` does: unambiguous prefixes of long names, clusters of short ones, no permutation.
 * sbatch stops at the first problem; this goes on (after a stray word with the next line), so that an author sees all of them at once.
 * Source: getopt_long(3); measured on 22.05 and 24.11.
 */
export function parseOptionWords<Form extends OptionForm>(
  words: readonly Word[],
  forms: readonly Form[],
): Parsed<Form>[] {
  const parsed: Parsed<Form>[] = [];
  const queue = words[Symbol.iterator]();
  let optionsEnded = false;
  let strayLine = 0;
  for (const word of queue) {
    if (word.line === strayLine) continue;
    if (!optionsEnded && word.text === "--") {
      optionsEnded = true;
    } else if (optionsEnded || !word.text.startsWith("-") || word.text === "-") {
      strayLine = word.line;
      parsed.push({ is: "noOption", words: [word] });
    } else if (word.text.startsWith("--")) {
      parsed.push(parseLong(word, forms, queue));
    } else {
      parsed.push(...parseShorts(word, forms, queue));
    }
  }
  return parsed;
}

function parseLong<Form extends OptionForm>(
  word: Word,
  forms: readonly Form[],
  rest: Iterator<Word>,
): Parsed<Form> {
  const equals = word.text.indexOf("=");
  const name = word.text.slice(2, equals < 0 ? undefined : equals);
  const given = equals < 0 ? undefined : word.text.slice(equals + 1);
  const found = findLong(name, forms);
  const base = { words: [word], as: `--${name}` };
  if (found.length > 1) return { is: "ambiguous", ...base, names: found.map((form) => form.name) };
  const [form] = found;
  if (form === undefined) return { is: "unknown", ...base };
  if (form.argument === "none" && given !== undefined) return { is: "unexpectedArgument", form, ...base };
  if (form.argument !== "required" || given !== undefined)
    return { is: "option", form, value: given, ...base };
  return takeNext(form, base, rest);
}

function findLong<Form extends OptionForm>(name: string, forms: readonly Form[]): readonly Form[] {
  const exact = forms.find((form) => form.name === name);
  return exact === undefined ? forms.filter((form) => form.name.startsWith(name)) : [exact];
}

function parseShorts<Form extends OptionForm>(
  word: Word,
  forms: readonly Form[],
  rest: Iterator<Word>,
): Parsed<Form>[] {
  const parsed: Parsed<Form>[] = [];
  for (let index = 1; index < word.text.length; index += 1) {
    const short = word.text.charAt(index);
    const form = forms.find((candidate) => candidate.short === short);
    const base = { words: [word], as: `-${short}` };
    const glued = word.text.slice(index + 1);
    if (form === undefined) return [...parsed, { is: "unknown", ...base }];
    if (form.argument === "required") {
      return [
        ...parsed,
        glued === "" ? takeNext(form, base, rest) : { is: "option", form, value: glued, ...base },
      ];
    }
    if (form.argument === "optional") {
      return [...parsed, { is: "option", form, value: glued === "" ? undefined : glued, ...base }];
    }
    parsed.push({ is: "option", form, value: undefined, ...base });
  }
  return parsed;
}

/** The argument is the next word, whatever it looks like and on whichever line it stands. */
function takeNext<Form extends OptionForm>(
  form: Form,
  base: { words: readonly Word[]; as: string },
  rest: Iterator<Word>,
): Parsed<Form> {
  const next = rest.next();
  if (next.done === true) return { is: "noArgument", form, ...base };
  return { is: "option", form, value: next.value.text, as: base.as, words: [...base.words, next.value] };
}
