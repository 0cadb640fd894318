import type { Parameter } from "../../api/v1alpha1/parameters.ts";
import { isDecimal } from "./decimal.ts";
import { showValue, violation, type Violation } from "./violation.ts";

export type ParameterType = NonNullable<Parameter["type"]>;

/** `type` of a declaration; String where none is written. */
export const typeOf = (declared: Parameter): ParameterType => declared.type ?? "String";

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
      return text === "true" || text === "false"
        ? { text }
        : { wrong: violation(`${showValue(text)} is no Boolean`, "true or false") };
    case "Integer":
      return /^[+-]?\d+$/u.test(text)
        ? {
            text: text
              .replace(/^\+/u, "")
              .replace(/^(-?)0+(?=\d)/u, "$1")
              .replace(/^-0$/u, "0"),
          }
        : { wrong: violation(`${showValue(text)} is no Integer`, "a whole number such as 12") };
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
    return violation(
      `${showValue(text)} has a line break, which no value may have`,
      "one line; text of several lines belongs in a support file",
    );
  }
  if (text.includes("\0")) return violation(`${showValue(text)} has a NUL character`, "text without NUL");
  if (!text.isWellFormed())
    return violation(`${showValue(text)} has half a character (a lone surrogate)`, "valid Unicode text");
  return undefined;
}

function readPath(text: string): Read {
  if (text === "") return { wrong: violation("an empty text is no Path", "an absolute or relative path") };
  if (/[\s\p{Cc}]/u.test(text)) {
    return {
      wrong: violation(
        `${showValue(text)} is no Path: it has a blank or control character`,
        "a path without",
      ),
    };
  }
  if (text.split("/").includes("..")) {
    return { wrong: violation(`${showValue(text)} is no Path: it has a '..' part`, "the path without '..'") };
  }
  return { text };
}

function readNumber(text: string): Read {
  const fix = "a decimal number such as 0.5 or 1e-6";
  if (!isDecimal(text)) return { wrong: violation(`${showValue(text)} is no Number`, fix) };
  const value = Number(text);
  const vanishes = value === 0 && /[1-9]/u.test(text.replace(/e.*$/iu, ""));
  if (!Number.isFinite(value) || vanishes) {
    return { wrong: violation(`${showValue(text)} is outside what programs can hold (a double)`, fix) };
  }
  return { text };
}
