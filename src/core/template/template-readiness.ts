import type { JobTemplateSpec } from "../../api/v1alpha1/job-template.ts";
import type { ConfigMaps } from "./config-maps.ts";
import { joinAny } from "./problems.ts";
import type { Readiness } from "./readiness.ts";
import { templateReasons } from "./reasons.ts";
import { loadSource } from "./source.ts";
import { checkDeclarations, checkTemplate } from "./template-check.ts";

/** Whether scripts can be rendered from a template. What is wrong is told even while a ConfigMap is missing. */
export function judgeTemplate(spec: JobTemplateSpec, configMaps: ConfigMaps): Readiness {
  const loaded = loadSource(spec, configMaps);
  const problem = loaded.ok
    ? joinAny(checkTemplate(spec, loaded.value))
    : joinAny([loaded.problem, ...checkDeclarations(spec)]);
  if (problem !== undefined) return { is: "hindered", problem };
  const count = spec.parameters?.length ?? 0;
  const parameters = count === 1 ? "1 parameter" : `${String(count)} parameters`;
  return {
    is: "ready",
    reason: templateReasons.valid,
    message: `The template is valid: ${parameters}, entrypoint ${spec.entrypoint.name}.`,
  };
}
