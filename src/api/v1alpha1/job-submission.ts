import { z } from "zod";
import { apiVersion } from "../group.ts";
import type { KindDefinition } from "./definition.ts";
import { templateSource } from "./job-script.ts";
import { jobSubmissionStatus } from "./job-submission-status.ts";
import { objectMeta } from "./object.ts";
import { resources } from "./resources.ts";
import { int32, keyedList, linkName, longestLabelValue, objectName, plainList, withRules } from "./schema.ts";
import { namedValues } from "./values.ts";

/** Ends that a job may be run again after: whoever cancelled it wants it ended, and of a lost one nobody knows whether it ran. */
export const retriedStates = [
  "FAILED",
  "NODE_FAIL",
  "BOOT_FAIL",
  "PREEMPTED",
  "TIMEOUT",
  "DEADLINE",
  "OUT_OF_MEMORY",
] as const;

export const dependencyConditions = ["Succeeded", "Finished", "Failed", "Started"] as const;

const immutable = (field: string) => ({
  rule: `has(self.${field}) == has(oldSelf.${field}) && (!has(self.${field}) || self.${field} == oldSelf.${field})`,
  message: `${field} cannot change once the submission exists; create another submission`,
  fieldPath: `.${field}`,
});

/** Which part of `retry` may differ from what it was: `limit`. */
const sameRetry = ["when", "backoffSeconds", "scope"]
  .map(
    (field) =>
      `has(self.retry.${field}) == has(oldSelf.retry.${field}) && (!has(self.retry.${field}) || self.retry.${field} == oldSelf.retry.${field})`,
  )
  .join(" && ");

export const retry = z.object({
  limit: int32(0, 100).describe(
    "How many times it is run again, the first run not counted. Can be changed at any time; 0 stops it.",
  ),
  when: plainList(z.enum(retriedStates), retriedStates.length)
    .optional()
    .describe(
      "Slurm's states that it is run again after. Default: FAILED, NODE_FAIL, BOOT_FAIL and PREEMPTED. A job that was cancelled, lost, refused, or not started in time is never run again.",
    ),
  backoffSeconds: int32(0, 86_400)
    .optional()
    .describe(
      "How long to wait before the first retry, 30 by default; each further one waits twice as long as the one before, but no longer than an hour, or than this where it is more.",
    ),
  scope: z
    .enum(["Job", "FailedTasks"])
    .optional()
    .describe(
      "What is sent again: the whole job (Job, the default), or of an array only the tasks that ended so (FailedTasks).",
    ),
});
export type Retry = z.infer<typeof retry>;

export const dependency = z.object({
  name: linkName.describe("JobSubmission in the same namespace; while it is not there, this one waits."),
  when: z
    .enum(dependencyConditions)
    .optional()
    .describe(
      "Succeeded (default: it ended Done), Finished (it ended in whatever way), Failed (it ended, but not Done), Started (it runs or ran).",
    ),
});
export type Dependency = z.infer<typeof dependency>;

export const jobSubmissionSpec = withRules(
  z.object({
    from: withRules(
      z.object({
        script: z
          .object({
            name: linkName.describe(
              "JobScript in the same namespace; while it is not there, the submission waits.",
            ),
          })
          .optional()
          .describe("Runs a JobScript that is there already."),
        template: templateSource
          .optional()
          .describe(
            "Makes a JobScript from a template, named after this submission and its UID, and owned by it.",
          ),
      }),
      [
        {
          rule: "has(self.script) != has(self.template)",
          message: "set exactly one of from.script and from.template",
        },
      ],
    ).describe("What to run."),
    target: z
      .object({
        slurm: z
          .object({
            name: objectName.describe("SlurmCluster; while it is not there, the submission waits."),
          })
          .describe("A Slurm cluster."),
      })
      .describe("Where to run it."),
    resources: resources.optional().describe("Goes before everything that cluster, template and script say."),
    variables: namedValues
      .optional()
      .describe("Environment variables of the job; they go before the script's own."),
    dependsOn: keyedList(dependency, "name", 32)
      .optional()
      .describe("Submissions that must have come so far before this one is sent."),
    suspend: z
      .boolean()
      .optional()
      .describe(
        "true keeps the submission from being sent, and holds a job that waits in the scheduler's queue; false sends or releases it. What runs goes on. Only what was held by this field is released by it.",
      ),
    cancel: z
      .boolean()
      .optional()
      .describe("true cancels the job and keeps this record. Cannot be taken back."),
    retry: retry
      .optional()
      .describe("Runs a job that failed again, as a new attempt with a token of its own."),
    queueTimeoutSeconds: int32(1, 31_536_000)
      .optional()
      .describe(
        "How long a job may wait in the scheduler's queue for its first start, of an array for that of its first task, counted from its acceptance, and anew from each time that spec.suspend lets it go; while suspended, no time passes. Then it is cancelled, and the submission is Aborted with the reason QueueTimeout. Default: for ever.",
      ),
    ttlSecondsAfterFinished: int32(0, 2_000_000_000)
      .optional()
      .describe(
        "How long after its end the submission is deleted, and with it the JobScript that was made for it. Can be set, changed and removed at any time, also afterwards. Ignored, with an event, where Flux, Argo CD or Helm would create it again. What is on the cluster goes by the cluster's own spec.cleanup. Default: it stays.",
      ),
    archived: z
      .boolean()
      .optional()
      .describe(
        "true puts the submission away: lists without the archived are had by --field-selector spec.archived!=true, and a submission that names it in dependsOn and is not sent yet waits. Nothing else changes: what runs goes on, and everything stays. false takes that back.",
      ),
    missingReferenceTimeoutSeconds: int32(1, 31_536_000)
      .optional()
      .describe(
        "How long to wait for a missing template, script, ConfigMap, cluster or tenant before the submission is Rejected, counted from its creation. Default: for ever, so that GitOps can apply in any order.",
      ),
  }),
  [
    immutable("from"),
    immutable("target"),
    immutable("resources"),
    immutable("variables"),
    immutable("dependsOn"),
    immutable("queueTimeoutSeconds"),
    {
      rule: `has(self.retry) == has(oldSelf.retry) && (!has(self.retry) || (${sameRetry}))`,
      message: "of retry only limit can change once the submission exists; create another submission",
      fieldPath: ".retry",
    },
    {
      rule: "!(has(oldSelf.cancel) && oldSelf.cancel) || (has(self.cancel) && self.cancel)",
      message: "cancel cannot be taken back; create another submission",
      fieldPath: ".cancel",
    },
  ],
).describe("One run of a script on a target.");

export const jobSubmission = z.object({
  metadata: objectMeta,
  spec: jobSubmissionSpec,
  status: jobSubmissionStatus.default({}),
});
export type JobSubmission = z.infer<typeof jobSubmission>;
export type JobSubmissionSpec = z.infer<typeof jobSubmissionSpec>;

export const jobSubmissionDefinition: KindDefinition = {
  kind: "JobSubmission",
  plural: "jobsubmissions",
  singular: "jobsubmission",
  shortNames: ["jsub"],
  scope: "Namespaced",
  longestName: longestLabelValue,
  description:
    "One run of a script on a cluster: sent exactly once, followed to its end, its state and outputs written back.",
  spec: jobSubmissionSpec,
  status: jobSubmissionStatus,
  initialStatus: { observedGeneration: -1, phase: "Created", finished: "false" },
  columns: [
    { name: "Phase", type: "string", jsonPath: ".status.phase" },
    { name: "State", type: "string", jsonPath: ".status.state" },
    { name: "Cluster", type: "string", jsonPath: ".spec.target.slurm.name" },
    { name: "Job", type: "string", jsonPath: ".status.jobId" },
    { name: "Reason", type: "string", jsonPath: '.status.conditions[?(@.type=="Succeeded")].reason' },
    { name: "Started", type: "date", jsonPath: ".status.startedAt", priority: 1 },
    { name: "Ended", type: "date", jsonPath: ".status.endedAt", priority: 1 },
    { name: "Exit", type: "integer", jsonPath: ".status.exitCode", priority: 1 },
    {
      name: "Message",
      type: "string",
      jsonPath: '.status.conditions[?(@.type=="Succeeded")].message',
      priority: 1,
    },
    { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
  ],
  selectableFields: [
    ".status.finished",
    ".status.phase",
    ".status.state",
    ".spec.archived",
    ".spec.ttlSecondsAfterFinished",
    ".spec.target.slurm.name",
    ".spec.from.script.name",
    ".spec.from.template.name",
  ],
  example: {
    apiVersion,
    kind: "JobSubmission",
    metadata: { name: "hello-on-c1", namespace: "default" },
    spec: {
      from: { template: { name: "greeting", parameters: [{ name: "who", value: "Ada" }] } },
      target: { slurm: { name: "c1" } },
      resources: { timeLimitSeconds: 600 },
    },
  },
};
