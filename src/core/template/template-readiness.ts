import type { Finding } from "../../api/v1alpha1/finding.ts";
import type { JobTemplateSpec } from "../../api/v1alpha1/job-template.ts";
import type { ConfigMaps } from "./config-maps.ts";
import { checkDirectives } from "./directive-check.ts";
import { listWarnings, mentionWarnings } from "./findings.ts";
import { joinAny } from "./problems.ts";
import type { Readiness } from "./readiness.ts";
import { templateReasons } from "./reasons.ts";
import { loadSource } from "./source.ts";
import { checkDeclarations, checkTemplate } from "./template-check.ts";

export interface TemplateVerdict {
  readonly readiness: Readiness;
  /** What sbatch will ignore in every script of the template; empty for one that is not ready. */
  readonly warnings: readonly Finding[];
}

/** Whether scripts can be rendered from a template. What is wrong is told even while a ConfigMap is missing. */
export function judgeTemplate(spec: JobTemplateSpec, configMaps: ConfigMaps): TemplateVerdict {
  const loaded = loadSource(spec, configMaps);
  if (!loaded.ok) {
    const problem = joinAny([loaded.problem, ...checkDeclarations(spec)]) ?? loaded.problem;
    return { readiness: { is: "hindered", problem }, warnings: [] };
  }
  const problem = joinAny(checkTemplate(spec, loaded.value));
  if (problem !== undefined) return { readiness: { is: "hindered", problem }, warnings: [] };
  const { name, text } = loaded.value.entrypoint;
  const warnings = listWarnings(name, checkDirectives(text).warnings);
  const count = spec.parameters?.length ?? 0;
  const parameters = count === 1 ? "1 parameter" : `${String(count)} parameters`;
  const message = `The template is valid: ${parameters}, entrypoint ${name}${mentionWarnings(warnings.length)}.`;
  return { readiness: { is: "ready", reason: templateReasons.valid, message }, warnings };
}
