import { Tokenizer, type TopLevelToken, TypeGuards } from "liquidjs";
import { engine } from "./engine.ts";

/** A line of a template's text. */
export interface TemplateLine {
  /** Every rendering has the line, as it stands and as a line of its own. */
  readonly isStatic: boolean;
  /** With a hole for each character of Liquid; column for column as it was written. */
  readonly text: string;
}

/** What stands in a line for Liquid. Characters for private use, which no line has otherwise. */
export const holes = {
  /** Text without blanks and quotes, or one quoted word. May be empty. */
  value: "\u{e000}",
  /** Nothing; but what stands behind it may be left out, or come several times. */
  tag: "\u{e001}",
  /** Whatever a template can write. */
  any: "\u{e002}",
} as const;

/** Tags that write nothing themselves and go on with what stands behind them. */
const quiet = new Set(
  "# assign capture case comment else elsif endcapture endcase endcomment endfor endif endraw endunless for if raw unless when".split(
    " ",
  ),
);
const opening = new Set(["capture", "case", "comment", "for", "if", "raw", "unless"]);
/** Filters that place a value otherwise than as one word. */
const wild = /\|\s*(?:dq|py|raw|sh)\b/u;

/** They end the whole rendering where there is no loop to end. */
const jump = /^\{%-?\s*(?:liquid\b.*)?\b(?:break|continue)\b/su;

interface Piece {
  readonly shown: string;
  /** Of each character of `shown`: `s` for what every rendering has there, `o` for what is open. */
  readonly marks: string;
}

/** Cuts a text that parses. Nothing is rendered: what is said holds for all values. */
export function linesOfTemplate(text: string): TemplateLine[] {
  const pieces = piecesOf(new Tokenizer(text).readTopLevelTokens(engine.options));
  const marks = pieces.map((piece) => piece.marks).join("");
  let start = 0;
  return pieces
    .map((piece) => piece.shown)
    .join("")
    .split("\n")
    .map((line) => {
      const end = start + line.length + 1;
      const isStatic = !marks.slice(start, end).includes("o");
      start = end;
      return { isStatic, text: line };
    });
}

function piecesOf(tokens: readonly TopLevelToken[]): Piece[] {
  let depth = 0;
  let isComment = false;
  let isCutShort = false;
  return tokens.map((token) => {
    const written = token.input.slice(token.begin, token.end);
    if (TypeGuards.isTagToken(token)) {
      const { name } = token;
      // Whatever stands in a comment is no tag.
      if (isComment && name !== "endcomment") return hole(written, holes.tag);
      isComment = name === "comment";
      if (opening.has(name)) depth += 1;
      if (name.startsWith("end")) depth -= 1;
      if (jump.test(written)) isCutShort = true;
      return hole(written, quiet.has(name) ? holes.tag : holes.any);
    }
    if (!TypeGuards.isHTMLToken(token)) return hole(written, wild.test(written) ? holes.any : holes.value);
    const shown = written.replace(/[\u{e000}-\u{e002}]/gu, "?");
    return { shown, marks: depth > 0 || isCutShort ? allOpen(shown) : marksOf(token, shown.length) };
  });
}

/** A trimmed line break joins its two lines: both are open then, the second by its first character. */
function marksOf({ trimLeft, trimRight }: { trimLeft: number; trimRight: number }, length: number): string {
  const before = trimLeft === 0 ? 0 : Math.min(trimLeft + 1, length);
  const behind = Math.min(trimRight, length - before);
  return "o".repeat(before) + "s".repeat(length - before - behind) + "o".repeat(behind);
}

function hole(written: string, character: string): Piece {
  const shown = written.replace(/[^\n]/gu, character);
  return { shown, marks: allOpen(shown) };
}

const allOpen = (text: string): string => "o".repeat(text.length);
