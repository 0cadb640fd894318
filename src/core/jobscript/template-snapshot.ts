import type { JobTemplateSpec } from "../../api/v1alpha1/job-template.ts";

/** A template as it was read. */
export interface TemplateSnapshot {
  readonly name: string;
  readonly generation: number;
  readonly spec: JobTemplateSpec;
}
