import type { Parameter } from "../../api/v1alpha1/parameters.ts";
import { typeOf } from "./allowed-values.ts";
import { findBrokenConstraints } from "./constraints.ts";
import { compareDecimals, isDecimal } from "./decimal.ts";
import { readValue } from "./parameter-value.ts";
import { compilePattern } from "./pattern.ts";
import { describeViolation, showValue } from "./violation.ts";

/** Words that LiquidJS reads as values or operators, so that a parameter of that name could never be used in the text. */
const liquidWords = new Set([
  "true",
  "false",
  "nil",
  "null",
  "empty",
  "blank",
  "and",
  "or",
  "not",
  "contains",
  "forloop",
]);

/** What is wrong with a declaration in itself, as sentences; nothing where values can be judged by it. */
export function checkParameter(declared: Parameter): string[] {
  const name = JSON.stringify(declared.name);
  const own = [...checkName(declared.name), ...checkBounds(declared), ...checkPattern(declared)];
  if (own.length > 0) return own.map((sentence) => `parameter ${name}: ${sentence}`);
  return [...checkEnum(declared), ...checkDefault(declared)];
}

function checkName(name: string): string[] {
  return liquidWords.has(name)
    ? [`${name} is a word of the Liquid language and cannot be referred to; give it another name`]
    : [];
}

function checkBounds({ minimum, maximum, ...declared }: Parameter): string[] {
  const wrong = [minimum, maximum]
    .filter((bound) => bound !== undefined && !isDecimal(bound))
    .map((bound) => `the bound ${showValue(bound ?? "")} is no decimal number; write it like 0.5 or 1e-6`);
  const numeric = typeOf(declared) === "Integer" || typeOf(declared) === "Number";
  if ((minimum !== undefined || maximum !== undefined) && !numeric) {
    wrong.push("minimum and maximum need type Integer or Number");
  }
  if (wrong.length > 0 || minimum === undefined || maximum === undefined) return wrong;
  if (compareDecimals(minimum, maximum) <= 0) return [];
  return [`the minimum ${minimum} is above the maximum ${maximum}; exchange them`];
}

function checkPattern({ pattern }: Parameter): string[] {
  if (pattern === undefined) return [];
  const compiled = compilePattern(pattern);
  if (compiled.ok) return [];
  return [
    `the pattern ${showValue(pattern)} is no RE2 regular expression: ${compiled.problem.message}; correct spec.parameters[].pattern`,
  ];
}

/** Entries are judged by type only: one that the bounds exclude does no harm, since nobody can choose it. */
function checkEnum(declared: Parameter): string[] {
  return (declared.enum ?? []).flatMap((text, index) => {
    const read = readValue(typeOf(declared), text);
    if ("text" in read) return [];
    const field = `spec.parameters[${declared.name}].enum[${String(index)}]`;
    return [describeViolation(withoutList(declared), { text, broken: read.wrong, field })];
  });
}

function checkDefault(declared: Parameter): string[] {
  const { name, default: text } = declared;
  if (text === undefined) return [];
  // A list that is wrong itself is told as such, and recommends nothing.
  const judged = checkEnum(declared).length === 0 ? declared : withoutList(declared);
  const read = readValue(typeOf(judged), text);
  const wrong = "wrong" in read ? [read.wrong] : findBrokenConstraints(judged, read.text);
  const field = `spec.parameters[${name}].default`;
  return wrong.map((broken) => describeViolation(judged, { text, broken, field }));
}

const withoutList = (declared: Parameter): Parameter => ({ ...declared, enum: undefined });
