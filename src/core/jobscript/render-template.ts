import type { NamedValue } from "../../api/v1alpha1/values.ts";
import { final, not, ok, type Outcome, type Problem } from "../problem.ts";
import { describeFailure } from "../render/failure.ts";
import { render } from "../render/render.ts";
import type { ConfigMaps } from "../template/config-maps.ts";
import { joinAny, joinProblems } from "../template/problems.ts";
import { resolveParameters, type ResolvedParameter } from "../template/resolve-parameters.ts";
import { loadSource, loadValues, type LoadedFile, type LoadedSource } from "../template/source.ts";
import { checkDeclarations, checkTemplate } from "../template/template-check.ts";
import { defaultPrefix } from "../template/variables.ts";
import { sign } from "./digest.ts";
import { packScript } from "./pack-script.ts";
import { scriptReasons } from "./reasons.ts";
import type { RenderedScript } from "./rendered-script.ts";
import type { TemplateSnapshot } from "./template-snapshot.ts";

export interface RenderRequest {
  readonly template: TemplateSnapshot;
  readonly values: readonly NamedValue[];
  readonly configMaps: ConfigMaps;
}

/** Renders entrypoint and support files with the values; nothing of it is rendered unless all of it can be. */
export function renderTemplate(request: RenderRequest): Outcome<RenderedScript> {
  const { template, configMaps } = request;
  const { spec } = template;
  const loaded = loadSource(spec, configMaps);
  const invalid = joinAny(loaded.ok ? checkTemplate(spec, loaded.value) : checkDeclarations(spec));
  const resolved =
    invalid === undefined ? resolveValues(request) : not(blameTemplate(template.name, invalid));
  if (!loaded.ok) return not(joinProblems(loaded.problem, ...(resolved.ok ? [] : [resolved.problem])));
  if (!resolved.ok) return resolved;
  const files = renderFiles(loaded.value, resolved.value);
  if (!files.ok) return files;
  const prefix = spec.variablePrefix ?? defaultPrefix;
  const parameters = resolved.value.map(({ name, value }) => ({
    name: `${prefix}${name}`,
    value: value ?? "",
  }));
  return ok(sign(packScript({ source: spec, loaded: files.value, parameters })));
}

/** Only for a template whose declarations are valid. */
function resolveValues({ template, values, configMaps }: RenderRequest): Outcome<ResolvedParameter[]> {
  const given = loadValues(values, configMaps, "spec.from.template.parameters");
  return given.ok ? resolveParameters(template.spec.parameters ?? [], given.value) : given;
}

const blameTemplate = (name: string, problem: Problem): Problem => ({
  ...problem,
  reason: scriptReasons.invalidTemplate,
  message: `JobTemplate "${name}" is not valid:\n${problem.message}`,
});

function renderFiles(loaded: LoadedSource, parameters: readonly ResolvedParameter[]): Outcome<LoadedSource> {
  const problems: Problem[] = [];
  const renderText = (file: string, text: string): string => {
    const rendered = render({ file, text, parameters });
    if (rendered.ok) return rendered.text;
    problems.push(final(rendered.failure.reason, describeFailure(rendered.failure)));
    return "";
  };
  const { name, text } = loaded.entrypoint;
  const entrypoint = { name, text: renderText(name, text) };
  const supportFiles = loaded.supportFiles.map((file): LoadedFile => {
    if (!file.isRendered || file.content.is === "bytes") return file;
    return { ...file, content: { is: "text", text: renderText(file.path, file.content.text) } };
  });
  const [first, ...rest] = problems;
  return first === undefined
    ? ok({ ...loaded, entrypoint, supportFiles })
    : not(joinProblems(first, ...rest));
}
