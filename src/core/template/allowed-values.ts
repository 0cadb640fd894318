import type { Parameter } from "../../api/v1alpha1/parameters.ts";

export type ParameterType = NonNullable<Parameter["type"]>;

/** `type` of a declaration; String where none is written. */
export const typeOf = (declared: Parameter): ParameterType => declared.type ?? "String";

const mostListed = 10;

/** What a declaration takes, to stand behind "set FIELD to". Everything that it demands is in it, so that one correction is enough. */
export function describeAllowed(declared: Parameter): string {
  if (declared.enum !== undefined) return describeList(declared.enum);
  switch (typeOf(declared)) {
    case "String":
      return `one line of text${describeShape(declared)}`;
    case "Path":
      return `an absolute or relative path without blanks and '..'${describeShape(declared)}`;
    case "Boolean":
      return "true or false";
    case "Integer":
      return `a whole number${describeRange(declared) ?? " such as 12"}`;
    case "Number":
      return `a decimal number${describeRange(declared) ?? " such as 0.5 or 1e-6"}`;
  }
}

function describeList(list: readonly string[]): string {
  if (list.length === 1) return list.join("");
  const left = list.length > mostListed ? ` and ${String(list.length - mostListed)} more` : "";
  return `one of ${list.slice(0, mostListed).join(", ")}${left}`;
}

function describeShape({ maxLength, pattern }: Parameter): string {
  const length = maxLength === undefined ? "" : ` of at most ${String(maxLength)} characters`;
  return pattern === undefined ? length : `${length} that matches ${pattern}`;
}

function describeRange({ minimum, maximum }: Parameter): string | undefined {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  return maximum === undefined ? undefined : ` of at most ${maximum}`;
}
