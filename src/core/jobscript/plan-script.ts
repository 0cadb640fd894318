import type { JobScriptSpec, JobScriptStatus, TemplateSource } from "../../api/v1alpha1/job-script.ts";
import type { NamedValue } from "../../api/v1alpha1/values.ts";
import { final, not, ok, waiting, type Outcome } from "../problem.ts";
import type { ConfigMaps } from "../template/config-maps.ts";
import { joinProblems } from "../template/problems.ts";
import { loadSource, referencedConfigMaps, type ScriptSource } from "../template/source.ts";
import { checkVariableNames, checkVariableValues } from "../template/variables.ts";
import { sign } from "./digest.ts";
import { packScript } from "./pack-script.ts";
import { scriptReasons } from "./reasons.ts";
import { renderTemplate } from "./render-template.ts";
import type { RenderedScript } from "./rendered-script.ts";
import type { TemplateSnapshot } from "./template-snapshot.ts";
import { checkScript, type ReadStatus } from "./script-text-check.ts";

export interface ScriptInputs {
  readonly spec: JobScriptSpec;
  /** The template that the spec names, if there is one. */
  readonly template: TemplateSnapshot | undefined;
  readonly configMaps: ConfigMaps;
}

export interface ScriptPlan {
  readonly script: RenderedScript;
  readonly reading: ReadStatus;
  readonly template: JobScriptStatus["template"];
}

/** Names of the ConfigMaps that `planScript` will ask for; known only once the template is. */
export function neededConfigMaps(spec: JobScriptSpec, template: TemplateSnapshot | undefined): string[] {
  const source = sourceOf(spec, template);
  const values: readonly NamedValue[] = spec.from?.template.parameters ?? [];
  return source === undefined ? [] : referencedConfigMaps(source, values);
}

const sourceOf = (spec: JobScriptSpec, template: TemplateSnapshot | undefined): ScriptSource | undefined => {
  if (spec.from !== undefined) return template?.spec;
  return spec.entrypoint === undefined ? undefined : { ...spec, entrypoint: spec.entrypoint };
};

/** The script that a spec asks for, or everything that is missing or wrong. Pure: the same inputs give the same digest. */
export function planScript(inputs: ScriptInputs): Outcome<ScriptPlan> {
  const { spec, template } = inputs;
  const packed = spec.from === undefined ? packInline(inputs) : planFromTemplate(spec.from.template, inputs);
  if (!packed.ok) return packed;
  const reading = checkScript(packed.value.entrypoint);
  if (!reading.ok) {
    return spec.from === undefined ? reading : not(inRenderedText(reading.problem));
  }
  const origin =
    template === undefined ? undefined : { name: template.name, generation: template.generation };
  return ok({ script: packed.value, reading: reading.value, template: origin });
}

function planFromTemplate(source: TemplateSource, inputs: ScriptInputs): Outcome<RenderedScript> {
  const { template, configMaps } = inputs;
  if (template !== undefined)
    return renderTemplate({ template, values: source.parameters ?? [], configMaps });
  const message = `there is no JobTemplate "${source.name}" in this namespace; create it, or correct spec.from.template.name`;
  return not(waiting(scriptReasons.templateNotFound, message));
}

function packInline({ spec, configMaps }: ScriptInputs): Outcome<RenderedScript> {
  const source = sourceOf(spec, undefined);
  if (source === undefined) {
    const message = "the script has neither from nor entrypoint; set exactly one of them";
    return not(final(scriptReasons.invalidScript, message));
  }
  const loaded = loadSource(source, configMaps);
  if (!loaded.ok) return loaded;
  const { variables } = loaded.value;
  const [first, ...rest] = [
    ...checkVariableNames({ parameters: [], prefix: "" }, variables),
    ...checkVariableValues(variables),
  ];
  if (first !== undefined) return not(joinProblems(first, ...rest));
  return ok(sign(packScript({ source: spec, loaded: loaded.value, parameters: [] })));
}

/** Lines and columns count in what was rendered, which an author sees with `kubectl get configmap`. */
const inRenderedText = (problem: ReturnType<typeof final>): ReturnType<typeof final> => ({
  ...problem,
  message: problem.message.replaceAll(/^/gmu, "in the rendered text, "),
});
