import type { Release } from "../options/release.ts";
import type { Word } from "./word.ts";

/** One line of directives cut into words, and how its reading ended. */
export interface DirectiveLine {
  readonly line: number;
  readonly words: readonly Word[];
  readonly end: LineEnd;
}

export type LineEnd =
  | { readonly is: "whole" }
  /** A bare `hetjob` or `packjob`: first on the line it begins the next component, elsewhere it only hides what follows. */
  | { readonly is: "separator"; readonly column: number; readonly word: string }
  /** An empty word (`""`) ends the line for sbatch: what follows is silently dropped. */
  | { readonly is: "emptyWord"; readonly column: number; readonly rest: string }
  /** sbatch gives up on the script here. */
  | { readonly is: "unmatchedQuote"; readonly column: number; readonly quote: string }
  | { readonly is: "colon"; readonly column: number };

const isBlank = (character: string): boolean => /^[ \t\n\v\f\r]$/u.test(character);
const separator = /^(?:hetjob|packjob)(?=[ \t\n\v\f\r]|$)/iu;

/**
 * Cuts what follows `#SBATCH` (or `#PBS`, `#BSUB`) into words. Single and double quotes group, also in the middle of a word; a backslash takes the
 * next character literally, in single quotes too; an unquoted `#` begins a comment even inside a word; there are no variables and no continuation.
 * Outside of quotes a backslash protects a space in 24.11 but not in 22.05, and a tab in neither.
 * Source: measured, reference cases in test/integration/sbatch-reading.
 */
export function cutDirective(
  text: string,
  place: { readonly line: number; readonly offset: number },
  release: Release,
): DirectiveLine {
  const words: Word[] = [];
  let at = place.offset;
  for (;;) {
    while (at < text.length && isBlank(text.charAt(at))) at += 1;
    const column = at + 1;
    const done = (end: LineEnd): DirectiveLine => ({ line: place.line, words, end });
    if (at >= text.length) return done({ is: "whole" });
    if (text.charAt(at) === ":") return done({ is: "colon", column });
    const bare = separator.exec(text.slice(at));
    if (bare !== null) return done({ is: "separator", column, word: bare[0] });
    const cut = cutWord(text, at, release);
    if (cut.quote !== "") return done({ is: "unmatchedQuote", column, quote: cut.quote });
    if (cut.text === "") {
      const rest = text.slice(at).trim();
      return done(rest.startsWith("#") ? { is: "whole" } : { is: "emptyWord", column, rest });
    }
    words.push({ text: cut.text, line: place.line, column, written: text.slice(at, cut.end) });
    at = cut.end;
  }
}

interface Cut {
  readonly text: string;
  readonly end: number;
  /** The quote that is still open at the end of the line, else empty. */
  readonly quote: string;
}

function cutWord(text: string, start: number, release: Release): Cut {
  let word = "";
  let quote = "";
  let at = start;
  for (; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote === "" && (isBlank(character) || character === "#")) break;
    if (character === "\\") {
      const kept = keptByBackslash(text.charAt(at + 1), quote !== "", release);
      word += kept;
      at += kept.length;
    } else if (character === quote) {
      quote = "";
    } else if (quote === "" && /["']/u.test(character)) {
      quote = character;
    } else {
      word += character;
    }
  }
  return { text: word, end: at, quote };
}

/** The character that a backslash makes literal, or nothing: then the backslash is dropped and the character means what it means. */
function keptByBackslash(next: string, isQuoted: boolean, release: Release): string {
  if (isQuoted || !isBlank(next)) return next;
  return next === " " && release !== "22.05" ? next : "";
}
