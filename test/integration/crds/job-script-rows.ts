import { jobScriptDefinition } from "../../../src/api/v1alpha1/job-script.ts";
import {
  broken,
  noRenderedBase64,
  rowsOnEntrypoint,
  rowsOnResources,
  rowsOnSupportFiles,
  rowsOnValues,
  shorterName,
  type RowsOfKind,
} from "./row.ts";

const entrypoint = { name: "run.sh", text: "#!/bin/sh\n" };
const from = { template: { name: "greeting" } };

const oneSource = "set exactly one of from (rendered from a template) and entrypoint (written here)";
const templateBrings =
  "supportFiles, environment, resources and outputs come from the template; remove them, or write the script here in place of from";
const nothingToRender = "render: true needs a template; write the file as it shall be";

export const jobScriptRows: RowsOfKind = {
  definition: jobScriptDefinition,
  rows: [
    { what: "rendered from a template", spec: { from } },
    { what: "written inline", spec: { entrypoint, outputs: [{ name: "energy", type: "Number" }] } },
    { what: "neither", spec: {}, refusal: broken("spec", oneSource) },
    { what: "both", spec: { from, entrypoint }, refusal: broken("spec", oneSource) },
    {
      what: "a name too long for a label",
      name: "a".repeat(64),
      spec: { from },
      refusal: broken("metadata", shorterName),
    },
    ...Object.entries({
      supportFiles: [{ path: "a", text: "x" }],
      environment: { modules: ["gcc/12"] },
      resources: { tasks: 1 },
      outputs: [{ name: "energy" }],
    }).map(([field, value]) => ({
      what: `${field} beside a template`,
      spec: { from, [field]: value },
      refusal: broken("spec", templateBrings),
    })),
    {
      what: "a file that is not rendered, said aloud",
      spec: { entrypoint, supportFiles: [{ path: "a", text: "x", render: false }] },
    },
    {
      what: "a file to be rendered, inline",
      spec: { entrypoint, supportFiles: [{ path: "a", text: "x", render: true }] },
      refusal: broken("spec.supportFiles", nothingToRender),
    },
    {
      what: "a binary file to be rendered, inline",
      spec: { entrypoint, supportFiles: [{ path: "a", base64: "eA==", render: true }] },
      refusal: [
        broken("spec.supportFiles", nothingToRender),
        broken("spec.supportFiles[0].render", noRenderedBase64),
      ].join("\n"),
    },
    {
      what: "a template by a name that no object has",
      spec: { from: { template: { name: "Greeting" } } },
      refusal: `spec.from.template.name: Invalid value: "Greeting": spec.from.template.name in body should match '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$'`,
    },
    {
      what: "a module that is a command",
      spec: { entrypoint, environment: { modules: ["gcc; rm -rf /"] } },
      refusal: `spec.environment.modules[0]: Invalid value: "gcc; rm -rf /": spec.environment.modules[0] in body should match '^[A-Za-z0-9][-A-Za-z0-9_.+/]*$'`,
    },
    ...rowsOnValues("spec.from.template.parameters", (parameters) => ({
      from: { template: { name: "greeting", parameters } },
    })),
    ...rowsOnEntrypoint("spec.entrypoint", (entrypoint) => ({ entrypoint })),
    ...rowsOnSupportFiles("spec.supportFiles", (supportFiles) => ({ entrypoint, supportFiles })),
    ...rowsOnValues("spec.environment.variables", (variables) => ({
      entrypoint,
      environment: { variables },
    })),
    ...rowsOnResources("spec.resources", (resources) => ({ entrypoint, resources })),
  ],
};
