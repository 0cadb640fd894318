import type { Release } from "../options/release.ts";
import { cutDirective } from "./directive-words.ts";
import type { DirectiveLine, LineEnd } from "./directive-words.ts";
import type { ReadingError, ReadingWarning } from "./finding.ts";
import type { DirectiveKind, SourceLine } from "./script-reading.ts";
import type { Word } from "./word.ts";

/** The directives of one kind, in words, and what their cutting brought up. */
export interface CutScript {
  /** The words of each component; a word may be the argument of an option on the line before. */
  readonly components: readonly (readonly Word[])[];
  readonly lines: readonly SourceLine[];
  readonly errors: readonly ReadingError[];
  readonly warnings: readonly ReadingWarning[];
  /** Index of the first line behind the part that sbatch reads. */
  readonly end: number;
}

export const isCommand = (text: string): boolean => /^[ \t\v\f\r]*[^# \t\v\f\r]/u.test(text);
/** MAX_HET_JOB_COMPS of slurm.h. */
const mostComponents = 128;
const sbatchPrefix = /^#(?:SBATCH|SLURM)/u;

/**
 * Cuts the `#SBATCH` lines: in column 1, upper case, up to the first line that is neither blank nor comment. `#SLURM` is read too (both releases do).
 * A line that begins with `hetjob` or `packjob` begins a component; what else it holds is dropped.
 */
export function cutSbatchLines(lines: readonly string[], release: Release): CutScript {
  const components: Word[][] = [[]];
  const taken: SourceLine[] = [];
  const errors: ReadingError[] = [];
  const warnings: ReadingWarning[] = [];
  let end = lines.findIndex(isCommand);
  if (end < 0) end = lines.length;
  for (const [index, text] of lines.slice(0, end).entries()) {
    const prefix = sbatchPrefix.exec(text)?.[0];
    if (prefix === undefined) continue;
    const cut = cutDirective(text, { line: index + 1, offset: prefix.length }, release);
    const isSeparator = cut.end.is === "separator" && cut.words.length === 0;
    if (isSeparator && components.length === mostComponents) {
      errors.push(tooManyComponents(index + 1));
      break;
    }
    if (isSeparator) components.push([]);
    const component = components.length - 1;
    components[component]?.push(...cut.words);
    taken.push({ line: index + 1, text, kind: "#SBATCH", component, isSeparator });
    errors.push(...lineErrors(cut));
    warnings.push(...lineWarnings(cut, text), ...prefixWarnings(prefix, index + 1));
  }
  return { components, lines: taken, errors, warnings, end };
}

/**
 * Cuts the `#PBS` or `#BSUB` lines: in column 1, anywhere until more than 100 lines do not begin with `#`.
 * They know no components: what they say holds for each.
 */
export function cutForeignLines(lines: readonly string[], kind: DirectiveKind, release: Release): CutScript {
  const words: Word[] = [];
  const taken: SourceLine[] = [];
  const errors: ReadingError[] = [];
  const warnings: ReadingWarning[] = [];
  let others = 0;
  let end = 0;
  for (const [index, text] of lines.entries()) {
    end = index;
    if (text.startsWith(kind)) {
      const cut = cutDirective(text, { line: index + 1, offset: kind.length }, release);
      words.push(...cut.words);
      taken.push({ line: index + 1, text, kind, component: 0, isSeparator: false });
      errors.push(...lineErrors(cut));
      warnings.push(...lineWarnings(cut, text));
    } else if (!text.startsWith("#")) {
      others += 1;
      if (others > 100) break;
    }
  }
  return { components: [words], lines: taken, errors, warnings, end };
}

function tooManyComponents(line: number): ReadingError {
  return {
    line,
    column: 1,
    code: "TooManyComponents",
    message: `a heterogeneous job has at most ${mostComponents} components: make it several jobs`,
    by: "slurmctld",
  };
}

function lineErrors(cut: DirectiveLine): ReadingError[] {
  switch (cut.end.is) {
    case "whole":
    case "separator":
    case "emptyWord":
      return [];
    case "unmatchedQuote":
      return [
        {
          line: cut.line,
          column: cut.end.column,
          code: "UnmatchedQuote",
          message: `the quote ${cut.end.quote} is not closed on this line; sbatch refuses the script: close it`,
          by: "sbatch",
        },
      ];
    case "colon":
      return [
        {
          line: cut.line,
          column: cut.end.column,
          code: "UnexpectedColon",
          message:
            'a word begins with ":", which sbatch refuses in a script: quote it, or begin a component with a line "#SBATCH hetjob"',
          by: "sbatch",
        },
      ];
  }
}

function lineWarnings(cut: DirectiveLine, text: string): ReadingWarning[] {
  const { line } = cut;
  const warnings: ReadingWarning[] = endWarnings(cut.end, { line, isFirst: cut.words.length === 0 });
  if (/(?:^|[^\\])(?:\\\\)*\\$/u.test(text) && cut.end.is !== "unmatchedQuote") {
    warnings.push({
      line,
      column: text.length,
      code: "NoContinuation",
      message:
        "a backslash at the end of a directive continues nothing, sbatch drops it: begin the next line with #SBATCH",
    });
  }
  return warnings;
}

function endWarnings(end: LineEnd, place: { line: number; isFirst: boolean }): ReadingWarning[] {
  const { line } = place;
  if (end.is === "emptyWord" && end.rest !== "\\") {
    return [
      {
        line,
        column: end.column,
        code: "RestIgnored",
        message: `sbatch stops reading the line at the empty word, so this says nothing: ${end.rest.slice(0, 100)} (remove it, or write an empty value as --option=)`,
      },
    ];
  }
  if (end.is !== "separator") return [];
  if (!place.isFirst) {
    return [
      {
        line,
        column: end.column,
        code: "RestIgnored",
        message: `sbatch stops reading the line at the bare word "${end.word}", and it begins no component here: put it on a line of its own, or quote it`,
      },
    ];
  }
  if (!/^packjob$/iu.test(end.word)) return [];
  return [
    {
      line,
      column: end.column,
      code: "OldPrefix",
      message: 'sbatch calls "packjob" deprecated: write "hetjob"',
    },
  ];
}

function prefixWarnings(prefix: string, line: number): ReadingWarning[] {
  if (prefix === "#SBATCH") return [];
  return [
    {
      line,
      column: 1,
      code: "OldPrefix",
      message: "sbatch reads #SLURM as #SBATCH and complains: write #SBATCH",
    },
  ];
}
