import { z } from "zod";
import { apiVersion } from "../group.ts";
import { conditions } from "./conditions.ts";
import type { KindDefinition } from "./definition.ts";
import { environment } from "./environment.ts";
import { entrypoint, supportFiles } from "./files.ts";
import { objectMeta } from "./object.ts";
import { findings } from "./finding.ts";
import { outputs } from "./parameters.ts";
import { resources } from "./resources.ts";
import { int32, linkName, longestLabelValue, objectName, plainList, text, withRules } from "./schema.ts";
import { namedValues } from "./values.ts";

export const templateSource = z.object({
  name: linkName.describe("JobTemplate in the same namespace; while it is not there, the object waits."),
  parameters: namedValues.optional().describe("Values of the template's parameters."),
});
export type TemplateSource = z.infer<typeof templateSource>;

export const jobScriptSpec = withRules(
  z.object({
    from: z
      .object({
        template: templateSource.describe(
          "Renders the script from a template. What was rendered stays: a later change of the template does not reach it.",
        ),
      })
      .optional()
      .describe("Where the script comes from, if it is not written here."),
    archived: z
      .boolean()
      .optional()
      .describe(
        "true keeps new submissions from running it: they wait; those that were sent go on, retries included. false takes that back. What was rendered stays. Lists without the archived: --field-selector spec.archived!=true.",
      ),
    entrypoint: entrypoint.optional().describe("The batch script itself; not rendered."),
    supportFiles: supportFiles.optional().describe("Files beside it, found in $JOB_TEMPLATE_DIR."),
    environment: environment.optional(),
    resources: resources.optional(),
    outputs: outputs
      .optional()
      .describe(
        "Outputs that the script declares, for readers and catalogues. Documentation only: nothing checks that a run sets them, or that what it sets is declared or of the type.",
      ),
  }),
  [
    {
      rule: "has(self.from) != has(self.entrypoint)",
      message: "set exactly one of from (rendered from a template) and entrypoint (written here)",
    },
    {
      rule: "!has(self.from) || (!has(self.supportFiles) && !has(self.environment) && !has(self.resources) && !has(self.outputs))",
      message:
        "supportFiles, environment, resources and outputs come from the template; remove them, or write the script here in place of from",
    },
    {
      rule: "!has(self.supportFiles) || self.supportFiles.all(f, !has(f.render) || !f.render)",
      message: "render: true needs a template; write the file as it shall be",
      fieldPath: ".supportFiles",
    },
  ],
).describe("A concrete batch script with its support files.");

export const directive = z.object({
  option: text(64).describe("Option of sbatch, by its long name."),
  value: text(8192).describe("Its value; empty for an option without one."),
  line: int32(1, 10_000_000).describe("Line of the entrypoint."),
});

export const jobScriptStatus = z.object({
  observedGeneration: z
    .int()
    .min(-1)
    .optional()
    .describe("metadata.generation last looked at; -1 before the first time."),
  conditions: conditions
    .optional()
    .describe(
      "Ready: whether submissions can run it, and if not, what is wrong, with file, line and column.",
    ),
  digest: text(71, /^sha256:[0-9a-f]{64}$/)
    .optional()
    .describe("Digest of the files, environment, resources and outputs as rendered."),
  filesRef: z
    .object({ name: objectName.describe("Name of the ConfigMap, in the same namespace.") })
    .optional()
    .describe("Immutable ConfigMap that holds what was rendered."),
  specDigest: text(71, /^sha256:[0-9a-f]{64}$/)
    .optional()
    .describe(
      "Digest of the spec that was rendered, without archived: to archive a script renders nothing anew.",
    ),
  template: z
    .object({
      name: objectName.describe("Name of the JobTemplate."),
      generation: z.int().min(0).describe("Its metadata.generation at that time."),
    })
    .optional()
    .describe("Template as it was rendered from."),
  directives: plainList(directive, 128)
    .optional()
    .describe("#SBATCH (and #PBS, #BSUB) options as sbatch reads them."),
  warnings: findings
    .optional()
    .describe("What sbatch ignores without a word, or reads otherwise than one expects."),
});

export const jobScript = z.object({
  metadata: objectMeta,
  spec: jobScriptSpec,
  status: jobScriptStatus.default({}),
});
export type JobScript = z.infer<typeof jobScript>;
export type JobScriptSpec = z.infer<typeof jobScriptSpec>;
export type JobScriptStatus = z.infer<typeof jobScriptStatus>;

export const jobScriptDefinition: KindDefinition = {
  kind: "JobScript",
  plural: "jobscripts",
  singular: "jobscript",
  shortNames: ["jscr"],
  scope: "Namespaced",
  longestName: longestLabelValue,
  description:
    "A concrete batch script with its support files: rendered from a JobTemplate, or written here.",
  spec: jobScriptSpec,
  status: jobScriptStatus,
  initialStatus: { observedGeneration: -1 },
  columns: [
    { name: "Ready", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: "Reason", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].reason' },
    { name: "Template", type: "string", jsonPath: ".spec.from.template.name" },
    { name: "Digest", type: "string", jsonPath: ".status.digest", priority: 1 },
    {
      name: "Message",
      type: "string",
      jsonPath: '.status.conditions[?(@.type=="Ready")].message',
      priority: 1,
    },
    { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
  ],
  selectableFields: [".spec.from.template.name", ".spec.archived"],
  example: {
    apiVersion,
    kind: "JobScript",
    metadata: { name: "hello-three-times", namespace: "default" },
    spec: { from: { template: { name: "greeting", parameters: [{ name: "times", value: "3" }] } } },
  },
};
