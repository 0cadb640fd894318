import type { Parameter } from "../../api/v1alpha1/parameters.ts";
import { final, type Problem } from "../problem.ts";
import { templateReasons } from "./reasons.ts";
import type { GivenValue } from "./resolve-parameters.ts";

export const defaultPrefix = "PARAM_";

/** Set by the launcher for each job; BASH_ENV is how it catches the OUT_* of a bash script. */
const ownNames = new Set(["JOB_WORK_DIR", "JOB_OUTPUT_DIR", "JOB_TEMPLATE_DIR", "JOB_OUTPUTS", "BASH_ENV"]);

/** Variables of the job's environment whose names are taken: by the launcher, by Slurm, or twice. */
export function checkVariableNames(
  { parameters, prefix }: { parameters: readonly Parameter[]; prefix: string },
  variables: readonly Pick<GivenValue, "name">[],
): Problem[] {
  const own = variables
    .filter(({ name }) => ownNames.has(name))
    .map(
      ({ name }) =>
        `spec.environment.variables[${name}]: Batchwright sets ${name} itself; give the variable another name`,
    );
  const taken = parameters.flatMap(({ name }) => {
    const variable = `${prefix}${name}`;
    const why = whyTaken(variable, variables);
    return why === undefined
      ? []
      : [
          `parameter "${name}": its variable would be ${variable}, which ${why}; change spec.variablePrefix or its name`,
        ];
  });
  return [...own, ...taken].map((message) => final(templateReasons.invalidVariables, message));
}

function whyTaken(variable: string, variables: readonly Pick<GivenValue, "name">[]): string | undefined {
  if (ownNames.has(variable)) return "Batchwright sets itself";
  if (variable.startsWith("SLURM_")) return "belongs to Slurm";
  if (variable === "PATH") return "finds the programs of the job";
  return variables.some(({ name }) => name === variable) ? "spec.environment.variables sets too" : undefined;
}

/** An environment cannot hold NUL. */
export const checkVariableValues = (variables: readonly GivenValue[]): Problem[] =>
  variables
    .filter(({ value }) => value.includes("\0"))
    .map(({ name }) =>
      final(
        templateReasons.invalidVariables,
        `spec.environment.variables[${name}]: it has a NUL character, which no environment can hold; remove it`,
      ),
    );
