import type { KindDefinition } from "./definition.ts";
import { jobScriptDefinition } from "./job-script.ts";
import { jobSubmissionDefinition } from "./job-submission.ts";
import { jobTemplateDefinition } from "./job-template.ts";
import { slurmClusterDefinition } from "./slurm-cluster.ts";

/** Every kind of the group, in the order of the pipeline. */
export const definitions: readonly KindDefinition[] = [
  jobTemplateDefinition,
  jobScriptDefinition,
  jobSubmissionDefinition,
  slurmClusterDefinition,
];
