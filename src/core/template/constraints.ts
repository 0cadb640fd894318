import type { Parameter } from "../../api/v1alpha1/parameters.ts";
import { compareDecimals, isDecimal } from "./decimal.ts";
import { typeOf } from "./allowed-values.ts";
import { compilePattern } from "./pattern.ts";
import type { Violation } from "./violation.ts";

/** What of a declaration's bounds a value of the right type breaks. A declaration that is itself wrong bounds nothing here: it is reported as such. */
export function findBrokenConstraints(declared: Parameter, text: string): Violation[] {
  switch (typeOf(declared)) {
    case "Integer":
    case "Number":
      return present([belowMinimum(declared, text), aboveMaximum(declared, text), notListed(declared, text)]);
    case "String":
    case "Path":
      return present([tooLong(declared, text), notMatching(declared, text), notListed(declared, text)]);
    case "Boolean":
      return present([notListed(declared, text)]);
  }
}

function belowMinimum({ minimum }: Parameter, text: string): Violation | undefined {
  if (minimum === undefined || compareDecimals(text, minimum) >= 0) return undefined;
  return `is below the minimum ${minimum}`;
}

function aboveMaximum({ maximum }: Parameter, text: string): Violation | undefined {
  if (maximum === undefined || compareDecimals(text, maximum) <= 0) return undefined;
  return `is above the maximum ${maximum}`;
}

function tooLong({ maxLength }: Parameter, text: string): Violation | undefined {
  // Characters as people count them: an emoji is one, not two UTF-16 units.
  const length = Array.from(text).length;
  if (maxLength === undefined || length <= maxLength) return undefined;
  return `has ${length} characters, above the maxLength ${maxLength}`;
}

function notMatching({ pattern }: Parameter, text: string): Violation | undefined {
  if (pattern === undefined) return undefined;
  const matcher = compilePattern(pattern);
  if (!matcher.ok || matcher.value(text)) return undefined;
  return "does not match the pattern";
}

function notListed(declared: Parameter, text: string): Violation | undefined {
  const list = declared.enum;
  if (list === undefined || list.some((entry) => sameValue(declared, entry, text))) return undefined;
  return "is not one of the values allowed";
}

/** Numbers are the same by their value: 2.0 is in a list that names 2. */
function sameValue(declared: Parameter, entry: string, text: string): boolean {
  switch (typeOf(declared)) {
    case "Integer":
    case "Number":
      return isDecimal(entry) && compareDecimals(entry, text) === 0;
    case "String":
    case "Path":
    case "Boolean":
      return entry === text;
  }
}

const present = (violations: readonly (Violation | undefined)[]): Violation[] =>
  violations.filter((violation) => violation !== undefined);
