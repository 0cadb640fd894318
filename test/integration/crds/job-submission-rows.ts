import { jobSubmissionDefinition } from "../../../src/api/v1alpha1/job-submission.ts";
import { broken, rowsOnResources, rowsOnValues, shorterName, type RowsOfKind } from "./row.ts";

const from = { script: { name: "hello" } };
const target = { slurm: { name: "c1" } };

const oneSource = "set exactly one of from.script and from.template";

export const jobSubmissionRows: RowsOfKind = {
  definition: jobSubmissionDefinition,
  rows: [
    { what: "of a script", spec: { from, target } },
    { what: "of a template", spec: { from: { template: { name: "greeting" } }, target } },
    {
      what: "of both",
      spec: { from: { ...from, template: { name: "greeting" } }, target },
      refusal: broken("spec.from", oneSource),
    },
    { what: "of neither", spec: { from: {}, target }, refusal: broken("spec.from", oneSource) },
    { what: "without target", spec: { from }, refusal: "spec.target: Required value" },
    { what: "to no cluster", spec: { from, target: {} }, refusal: "spec.target.slurm: Required value" },
    {
      what: "a name too long for a label",
      name: "a".repeat(64),
      spec: { from, target },
      refusal: broken("metadata", shorterName),
    },
    {
      what: "of a script by a name that none can have",
      spec: { from: { script: { name: "a".repeat(64) } }, target },
      refusal: "spec.from.script.name: Too long: may not be more than 63 bytes",
    },
    {
      what: "after others",
      spec: { from, target, dependsOn: [{ name: "first" }, { name: "second", when: "Finished" }] },
    },
    {
      what: "after another, in a way that does not exist",
      spec: { from, target, dependsOn: [{ name: "first", when: "Ready" }] },
      refusal:
        'spec.dependsOn[0].when: Unsupported value: "Ready": supported values: "Succeeded", "Finished", "Failed", "Started"',
    },
    {
      what: "waiting for no time",
      spec: { from, target, missingReferenceTimeoutSeconds: 0 },
      refusal:
        "spec.missingReferenceTimeoutSeconds: Invalid value: 0: spec.missingReferenceTimeoutSeconds in body should be greater than or equal to 1",
    },
    {
      what: "waiting for a second and a half",
      spec: { from, target, missingReferenceTimeoutSeconds: 1.5 },
      refusal:
        'spec.missingReferenceTimeoutSeconds: Invalid value: "number": spec.missingReferenceTimeoutSeconds in body must be of type integer: "number"',
    },
    { what: "cancelled from the start", spec: { from, target, cancel: true } },
    ...rowsOnValues("spec.from.template.parameters", (parameters) => ({
      from: { template: { name: "greeting", parameters } },
      target,
    })),
    ...rowsOnValues("spec.variables", (variables) => ({ from, target, variables })),
    ...rowsOnResources("spec.resources", (resources) => ({ from, target, resources })),
  ],
};
