import type { ResolvedParameter } from "../template/resolve-parameters.ts";
import { ExactNumber } from "./exact-number.ts";

/** A parameter as Liquid sees it. null, for one without value, is false in `{% if %}` and nothing in the text. */
export type ScopeValue = string | number | bigint | boolean | ExactNumber | null;

export type Scope = Readonly<Record<string, ScopeValue>>;

export const createScope = (parameters: readonly ResolvedParameter[]): Scope =>
  Object.fromEntries(parameters.map((parameter) => [parameter.name, toScopeValue(parameter)]));

function toScopeValue({ type, value }: ResolvedParameter): ScopeValue {
  if (value === undefined) return null;
  switch (type) {
    case "String":
    case "Path":
      return value;
    case "Boolean":
      return value === "true";
    case "Integer":
      // Beyond 2^53 a bigint: it can be placed and compared, and arithmetic filters refuse it rather than round it.
      return Number.isSafeInteger(Number(value)) ? Number(value) : BigInt(value);
    case "Number":
      return String(Number(value)) === value ? Number(value) : new ExactNumber(value);
  }
}
