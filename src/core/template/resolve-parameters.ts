import type { Parameter } from "../../api/v1alpha1/parameters.ts";
import { final, not, ok, type Outcome } from "../problem.ts";
import { findBrokenConstraints } from "./constraints.ts";
import { describeAllowed, typeOf, type ParameterType } from "./allowed-values.ts";
import { readValue } from "./parameter-value.ts";
import { templateReasons } from "./reasons.ts";
import { suggestName } from "./spelling.ts";
import { describeViolation } from "./violation.ts";

/** A parameter with the value that counts. Without value and default, `value` is undefined: the parameter is empty. */
export interface ResolvedParameter {
  readonly name: string;
  readonly type: ParameterType;
  /** Canonical text. */
  readonly value: string | undefined;
}

/** A value as given, whichever way it came (`value`, or read from a ConfigMap). */
export interface GivenValue {
  readonly name: string;
  readonly value: string;
}

/** The values in the order of the declarations, or everything that is wrong with them at once. */
export function resolveParameters(
  declared: readonly Parameter[],
  given: readonly GivenValue[],
): Outcome<ResolvedParameter[]> {
  const values = new Map(given.map(({ name, value }) => [name, value]));
  const resolved = declared.map((parameter) => resolve(parameter, values.get(parameter.name)));
  const wrong = [
    ...findUnknown(declared, given),
    ...resolved.flatMap((outcome) => ("wrong" in outcome ? outcome.wrong : [])),
  ];
  if (wrong.length > 0) return not(final(templateReasons.invalidParameterValues, wrong.join("\n")));
  return ok(resolved.flatMap((outcome) => ("wrong" in outcome ? [] : [outcome])));
}

type Resolved = ResolvedParameter | { readonly wrong: string[] };

function resolve(declared: Parameter, given: string | undefined): Resolved {
  const { name } = declared;
  const type = typeOf(declared);
  const field = `spec.from.template.parameters[${name}].value`;
  const text = given ?? declared.default;
  if (text === undefined) {
    if (declared.required !== true) return { name, type, value: undefined };
    return {
      wrong: [
        `parameter ${JSON.stringify(name)}: it is required and has no value; set ${field} to ${describeAllowed(declared)}`,
      ],
    };
  }
  const read = readValue(type, text);
  const broken = "wrong" in read ? [read.wrong] : findBrokenConstraints(declared, read.text);
  if ("text" in read && broken.length === 0) return { name, type, value: read.text };
  // Pipelines pass on an empty text where they have no value.
  const orNone = text === "" && declared.required !== true ? ", or leave the parameter out" : "";
  return {
    wrong: broken.map(
      (violation) => `${describeViolation(declared, { text, broken: violation, field })}${orNone}`,
    ),
  };
}

function findUnknown(declared: readonly Parameter[], given: readonly GivenValue[]): string[] {
  const names = declared.map(({ name }) => name);
  return given
    .filter(({ name }) => !names.includes(name))
    .map(
      ({ name }) =>
        `parameter ${JSON.stringify(name)}: the template has no such parameter; ${suggestName(name, names)}; correct the name or remove it from spec.from.template.parameters`,
    );
}
