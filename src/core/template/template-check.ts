import type { JobTemplateSpec } from "../../api/v1alpha1/job-template.ts";
import { describeFailure } from "../render/failure.ts";
import { final, type Problem } from "../problem.ts";
import { describeFinding } from "../slurm/script/finding.ts";
import { checkDirectives } from "./directive-check.ts";
import { checkParameter } from "./parameter-check.ts";
import { templateReasons } from "./reasons.ts";
import type { LoadedSource } from "./source.ts";
import { checkText } from "./text-check.ts";
import { checkVariableNames, checkVariableValues, defaultPrefix } from "./variables.ts";

/** All that is wrong with a template as far as it can be said without values; empty when scripts can be rendered from it. */
export const checkTemplate = (spec: JobTemplateSpec, loaded: LoadedSource): Problem[] => [
  ...checkDeclarations(spec),
  ...checkVariableValues(loaded.variables),
  ...checkTexts(spec, loaded),
];

/** The part that needs no ConfigMap, so that an author hears of it while one is missing. */
export function checkDeclarations(spec: JobTemplateSpec): Problem[] {
  const parameters = spec.parameters ?? [];
  const prefix = spec.variablePrefix ?? defaultPrefix;
  return [
    ...parameters.flatMap(checkParameter).map((message) => final(templateReasons.invalidParameters, message)),
    ...checkVariableNames({ parameters, prefix }, spec.environment?.variables ?? []),
  ];
}

function checkTexts(
  { parameters = [] }: JobTemplateSpec,
  { entrypoint, supportFiles }: LoadedSource,
): Problem[] {
  const names = parameters.map(({ name }) => name);
  const check = (file: string, text: string): Problem[] =>
    checkText({ file, text, names }).map((failure) => final(failure.reason, describeFailure(failure)));
  const own = check(entrypoint.name, entrypoint.text);
  const rendered = supportFiles.flatMap(({ path, isRendered, content }) =>
    isRendered && content.is === "text" ? check(path, content.text) : [],
  );
  return [...(own.length > 0 ? own : checkScript(entrypoint)), ...rendered];
}

/** Only for a text that is Liquid. */
const checkScript = ({ name, text }: LoadedSource["entrypoint"]): Problem[] =>
  checkDirectives(text).errors.map((error) =>
    final(templateReasons.invalidScript, describeFinding(name, error)),
  );
