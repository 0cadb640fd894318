import type { ParameterType } from "./allowed-values.ts";
import { isDecimal } from "./decimal.ts";
import type { Violation } from "./violation.ts";

type Read = { readonly text: string } | { readonly wrong: Violation };

/**
 * Reads a value by its type and gives its canonical text: integers without sign `+` and leading zeros, everything else as
 * it was written (a Number keeps its author's digits: 1.50 stays 1.50).
 */
export function readValue(type: ParameterType, text: string): Read {
  const unclean = findUncleanCharacter(text);
  if (unclean !== undefined) return { wrong: unclean };
  switch (type) {
    case "String":
      return { text };
    case "Path":
      return readPath(text);
    case "Boolean":
      return text === "true" || text === "false" ? { text } : { wrong: "is no Boolean" };
    case "Integer":
      return /^[+-]?\d+$/u.test(text)
        ? {
            text: text
              .replace(/^\+/u, "")
              .replace(/^(-?)0+(?=\d)/u, "$1")
              .replace(/^-0$/u, "0"),
          }
        : { wrong: "is no Integer" };
    case "Number":
      return readNumber(text);
  }
}

/**
 * Values are one line. A line break could end a line of a script or of an input file and begin another one, and a script
 * with NUL is refused by slurmctld ("contain a NULL character", measured on 22.05).
 */
function findUncleanCharacter(text: string): Violation | undefined {
  if (/[\r\n\u0085\u2028\u2029]/u.test(text)) {
    return "has a line break, which no value may have (text of several lines belongs in a support file)";
  }
  if (text.includes("\0")) return "has a NUL character, which no value may have";
  return text.isWellFormed() ? undefined : "has half a character (a lone surrogate), which no value may have";
}

function readPath(text: string): Read {
  if (text === "") return { wrong: "is no Path" };
  if (/[\s\p{Cc}]/u.test(text)) return { wrong: "is no Path: it has a blank or control character" };
  if (text.split("/").includes("..")) return { wrong: "is no Path: it has a '..' part" };
  return { text };
}

function readNumber(text: string): Read {
  if (!isDecimal(text)) return { wrong: "is no Number" };
  const value = Number(text);
  const vanishes = value === 0 && /[1-9]/u.test(text.replace(/e.*$/iu, ""));
  if (!Number.isFinite(value) || vanishes) return { wrong: "is outside what programs can hold (a double)" };
  return { text };
}
