import { z } from "zod";
import { apiVersion } from "../group.ts";
import { conditions } from "./conditions.ts";
import type { KindDefinition } from "./definition.ts";
import { environment } from "./environment.ts";
import { entrypoint, supportFiles } from "./files.ts";
import { findings } from "./finding.ts";
import { objectMeta } from "./object.ts";
import { outputs, parameters } from "./parameters.ts";
import { resources } from "./resources.ts";
import { line, longestLabelValue, text } from "./schema.ts";

export const jobTemplateSpec = z
  .object({
    title: line(255).optional().describe("For lists and catalogues."),
    description: text(8192).optional().describe("What the template computes and what it needs."),
    parameters: parameters.optional().describe("What whoever uses the template fills in."),
    entrypoint: entrypoint.describe("The batch script, a LiquidJS template."),
    supportFiles: supportFiles.optional().describe("Files beside it, found in $JOB_TEMPLATE_DIR."),
    environment: environment.optional(),
    resources: resources
      .optional()
      .describe("Defaults; #SBATCH lines of the script and resources of the submission go before."),
    outputs: outputs
      .optional()
      .describe(
        "Outputs that the script declares, for readers and catalogues. Documentation only: nothing checks that a run sets them, or that what it sets is declared or of the type.",
      ),
    archived: z
      .boolean()
      .optional()
      .describe(
        "true keeps new scripts from being made of it, and new submissions that name it wait; what was made of it goes on. false takes that back. Lists without the archived: --field-selector spec.archived!=true.",
      ),
    variablePrefix: text(32, /^[A-Za-z_][A-Za-z0-9_]*$/)
      .optional()
      .describe("Put before each parameter's name in the job's environment. Default PARAM_."),
  })
  .describe("Blueprint of job scripts.");

export const jobTemplateStatus = z.object({
  observedGeneration: z
    .int()
    .min(-1)
    .optional()
    .describe("metadata.generation last looked at; -1 before the first time."),
  conditions: conditions
    .optional()
    .describe("Ready: whether scripts can be rendered from it, and if not, what is wrong and where."),
  warnings: findings
    .optional()
    .describe(
      "What sbatch will ignore without a word, or read otherwise than one expects, in lines without Liquid.",
    ),
});

export const jobTemplate = z.object({
  metadata: objectMeta,
  spec: jobTemplateSpec,
  status: jobTemplateStatus.default({}),
});
export type JobTemplate = z.infer<typeof jobTemplate>;
export type JobTemplateSpec = z.infer<typeof jobTemplateSpec>;
export type JobTemplateStatus = z.infer<typeof jobTemplateStatus>;

export const jobTemplateDefinition: KindDefinition = {
  kind: "JobTemplate",
  plural: "jobtemplates",
  singular: "jobtemplate",
  shortNames: ["jtpl"],
  scope: "Namespaced",
  longestName: longestLabelValue,
  description:
    "A blueprint of job scripts: parameters, a batch script with its support files, environment, resource defaults and outputs.",
  spec: jobTemplateSpec,
  status: jobTemplateStatus,
  initialStatus: { observedGeneration: -1 },
  columns: [
    { name: "Ready", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: "Reason", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].reason' },
    { name: "Title", type: "string", jsonPath: ".spec.title", priority: 1 },
    {
      name: "Message",
      type: "string",
      jsonPath: '.status.conditions[?(@.type=="Ready")].message',
      priority: 1,
    },
    { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
  ],
  selectableFields: [".spec.archived"],
  example: {
    apiVersion,
    kind: "JobTemplate",
    metadata: { name: "greeting", namespace: "default" },
    spec: {
      title: "Says hello",
      parameters: [
        { name: "who", type: "String", default: "world", maxLength: 40 },
        { name: "times", type: "Integer", default: "1", minimum: "1", maximum: "10" },
      ],
      entrypoint: {
        name: "hello.sh",
        text: '#!/bin/bash\n#SBATCH --time=5\nfor i in $(seq {{ times }}); do\n  echo hello {{ who | sh }}\ndone\nOUT_greeted="$PARAM_who"\n',
      },
      resources: { tasks: 1, memory: "100Mi" },
      outputs: [{ name: "greeted", type: "String" }],
    },
  },
};
