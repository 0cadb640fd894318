import { showValue } from "../template/violation.ts";
import type { Traced } from "./traced-output.ts";

/** A value where it must not be; `offset` is where in the output it stands. */
export interface DirectiveBreach {
  readonly offset: number;
  readonly sentence: string;
}

/**
 * Lines that sbatch takes options from, in column 0: #SBATCH, #SLURM as an old word for it, and #PBS and #BSUB, which it reads
 * after the others (`core/slurm/script`, measured on 22.05 and 24.11). Any case, and wherever in the file: more lines guarded is no harm.
 */
const directive = /^#(?:SBATCH|SLURM|PBS|BSUB)/gimu;

/**
 * Says where a value would have a hand in the option lines themselves, beyond being one line's text. Three rules:
 *
 * 1. The word that makes a line a directive (`#SBATCH`) and the line break before it are the template's own text, every
 *    character of them: no value makes a directive, and none turns text of the template into one.
 * 2. A value with a line break stands behind the last directive line, so it can neither end a directive line, nor begin one,
 *    nor end the part of the file that sbatch reads directives in.
 * 3. On a directive line, what was quoted for a shell or for Python is accepted only where sbatch reads it the same.
 *
 * Why no trick of the template language gets past them: they are judged on the finished text, of which `Traced` says for
 * each character whether it came out of an expression. What happened to a value on its way (capture, assign, split, replace,
 * case filters) does not matter, since it can come back to the text only through an expression.
 */
export function findDirectiveBreach(text: string, traced: readonly Traced[]): DirectiveBreach | undefined {
  const lines = [...text.matchAll(directive)].map((match) => ({
    start: match.index,
    wordEnd: match.index + match[0].length,
    end: lineEnd(text, match.index),
  }));
  const last = lines.at(-1);
  if (last === undefined) return undefined;
  let next = 0;
  for (const piece of traced) {
    // Both are in order, so that text and values are gone through once.
    while ((lines[next]?.end ?? Infinity) < piece.start) next += 1;
    const near = linesNear(piece, lines, next);
    const breach =
      findMaker(piece, near) ??
      (piece.start <= last.end ? findLineBreak(piece, text) : undefined) ??
      findMisread(piece, near);
    if (breach !== undefined) return { offset: piece.start, sentence: breach };
  }
  return undefined;
}

/** The lines that a piece touches, from the first that ends behind its start: that one, and one more if the piece reaches it. */
function linesNear(piece: Traced, lines: readonly DirectiveLine[], first: number): DirectiveLine[] {
  return lines.slice(first, first + 2).filter((line) => line.start - 1 < piece.end);
}

interface DirectiveLine {
  readonly start: number;
  readonly wordEnd: number;
  readonly end: number;
}

function findMaker({ start, end, placement }: Traced, lines: readonly DirectiveLine[]): string | undefined {
  if (!lines.some((line) => start < line.wordEnd && end > line.start - 1)) return undefined;
  return `the value ${showValue(placement.valueBefore())} would make a directive line; write #SBATCH in the template itself and place the value behind it`;
}

function findLineBreak({ start, end, placement }: Traced, text: string): string | undefined {
  if (!/[\n\r\v\f\u0085\u2028\u2029]/u.test(text.slice(start, end))) return undefined;
  return `the value ${showValue(placement.valueBefore())} has a line break before the last #SBATCH line; place it below the #SBATCH lines, or in a support file`;
}

function findMisread({ start, placement }: Traced, lines: readonly DirectiveLine[]): string | undefined {
  if (!lines.some((line) => start >= line.start && start <= line.end)) return undefined;
  switch (placement.kind) {
    case "plain":
    case "sbatch":
    case "dq":
    case "raw":
      return undefined;
    case "sh":
    case "py":
      // Inside single quotes a shell and Python's raw reader differ from sbatch exactly in the backslash.
      return placement.valueBefore().includes("\\") ||
        (placement.kind === "py" && placement.toString().includes("\\"))
        ? `sbatch reads the backslash in ${showValue(placement.valueBefore())} otherwise than ${placement.kind === "sh" ? "a shell" : "Python"}; place it with | sbatch`
        : undefined;
  }
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end;
}
