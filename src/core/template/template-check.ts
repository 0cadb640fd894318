import type { JobTemplateSpec } from "../../api/v1alpha1/job-template.ts";
import { describeFailure } from "../render/failure.ts";
import { final, type Problem } from "../problem.ts";
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
  const rendered = supportFiles.flatMap(({ path, isRendered, content }) =>
    isRendered && content.is === "text" ? [{ file: path, text: content.text }] : [],
  );
  return [{ file: entrypoint.name, text: entrypoint.text }, ...rendered]
    .flatMap((text) => checkText({ ...text, names }))
    .map((failure) => final(failure.reason, describeFailure(failure)));
}
