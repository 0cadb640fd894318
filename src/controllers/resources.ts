import { group, version } from "../api/group.ts";
import type { KindDefinition } from "../api/v1alpha1/definition.ts";
import { jobScriptDefinition } from "../api/v1alpha1/job-script.ts";
import { jobSubmissionDefinition } from "../api/v1alpha1/job-submission.ts";
import { jobTemplateDefinition } from "../api/v1alpha1/job-template.ts";
import { slurmClusterDefinition } from "../api/v1alpha1/slurm-cluster.ts";
import type { Resource } from "../kube/resource.ts";

/** Our kinds as the API server names them. */
export const jobTemplates = resourceOf(jobTemplateDefinition);
export const jobScripts = resourceOf(jobScriptDefinition);
export const jobSubmissions = resourceOf(jobSubmissionDefinition);
export const slurmClusters = resourceOf(slurmClusterDefinition);

export const configMaps: Resource = {
  group: "",
  version: "v1",
  plural: "configmaps",
  kind: "ConfigMap",
  namespaced: true,
};
export const secrets: Resource = {
  group: "",
  version: "v1",
  plural: "secrets",
  kind: "Secret",
  namespaced: true,
};
export const namespaces: Resource = {
  group: "",
  version: "v1",
  plural: "namespaces",
  kind: "Namespace",
  namespaced: false,
};

function resourceOf({ kind, plural, scope }: KindDefinition): Resource {
  return { group, version, plural, kind, namespaced: scope === "Namespaced" };
}
