import { jobTemplateDefinition } from "../../../src/api/v1alpha1/job-template.ts";
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
const declaring = (...parameters: readonly object[]) => ({ entrypoint, parameters });

const noRequiredDefault = "a required parameter cannot have a default; remove one of them";
const boundsNeedNumbers = "minimum and maximum need type Integer or Number; set type, or remove them";
const patternNeedsText = "pattern and maxLength need type String or Path; set type, or remove them";

export const jobTemplateRows: RowsOfKind = {
  definition: jobTemplateDefinition,
  rows: [
    { what: "as little as possible", spec: { entrypoint } },
    { what: "the longest name", name: "a".repeat(63), spec: { entrypoint } },
    {
      what: "a name too long for a label",
      name: "a".repeat(64),
      spec: { entrypoint },
      refusal: broken("metadata", shorterName),
    },
    {
      what: "a title of 255 characters outside the Basic Multilingual Plane",
      spec: { entrypoint, title: "🧪".repeat(255) },
    },
    {
      what: "a title of 256 such characters",
      spec: { entrypoint, title: "🧪".repeat(256) },
      refusal: "spec.title: Too long: may not be more than 255 bytes",
    },
    {
      what: "a title of two lines",
      spec: { entrypoint, title: "a\nb" },
      refusal: `spec.title: Invalid value: "a\\nb": spec.title in body should match '^[^\\r\\n\\0]*$'`,
    },
    { what: "no entrypoint", spec: {}, refusal: "spec.entrypoint: Required value" },
    {
      what: "parameters of every type",
      spec: declaring(
        { name: "a", type: "String", pattern: "[a-z]+", maxLength: 5, default: "x" },
        { name: "b", type: "Integer", minimum: "-1", maximum: "1e3", required: true },
        { name: "c", type: "Number", minimum: "0.5" },
        { name: "d", type: "Boolean", default: "true" },
        { name: "e", type: "Path", maxLength: 100 },
        { name: "f", enum: ["x", ""] },
        { name: "g", pattern: "x" },
      ),
    },
    {
      what: "a required parameter with a default",
      spec: declaring({ name: "a", required: true, default: "x" }),
      refusal: broken("spec.parameters[0].default", noRequiredDefault),
    },
    {
      what: "a minimum of a parameter without type",
      spec: declaring({ name: "a", minimum: "1" }),
      refusal: broken("spec.parameters[0]", boundsNeedNumbers),
    },
    {
      what: "a maximum of a Path",
      spec: declaring({ name: "a", type: "Path", maximum: "1" }),
      refusal: broken("spec.parameters[0]", boundsNeedNumbers),
    },
    {
      what: "a pattern of an Integer",
      spec: declaring({ name: "a", type: "Integer", pattern: "1" }),
      refusal: broken("spec.parameters[0]", patternNeedsText),
    },
    {
      what: "a length of a Boolean",
      spec: declaring({ name: "a", type: "Boolean", maxLength: 1 }),
      refusal: broken("spec.parameters[0]", patternNeedsText),
    },
    {
      what: "a minimum that is no number",
      spec: declaring({ name: "a", type: "Number", minimum: "1,5" }),
      refusal: `spec.parameters[0].minimum: Invalid value: "1,5": spec.parameters[0].minimum in body should match '^[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?$'`,
    },
    {
      what: "a type that does not exist",
      spec: declaring({ name: "a", type: "Float" }),
      refusal:
        'spec.parameters[0].type: Unsupported value: "Float": supported values: "String", "Integer", "Number", "Boolean", "Path"',
    },
    {
      what: "a choice of nothing",
      spec: declaring({ name: "a", enum: [] }),
      refusal:
        "spec.parameters[0].enum: Invalid value: 0: spec.parameters[0].enum in body should have at least 1 items",
    },
    {
      what: "65 parameters",
      spec: declaring(...Array.from({ length: 65 }, (_, index) => ({ name: `p${index}` }))),
      refusal: "spec.parameters: Too many: 65: must have at most 64 items",
    },
    {
      what: "the same parameter twice",
      spec: declaring({ name: "a" }, { name: "a" }),
      refusal: 'spec.parameters[1]: Duplicate value: {"name":"a"}',
    },
    {
      what: "a rendered file",
      spec: { entrypoint, supportFiles: [{ path: "a", text: "{{ x }}", render: true }] },
    },
    {
      what: "a rendered binary file",
      spec: { entrypoint, supportFiles: [{ path: "a", base64: "eA==", render: true }] },
      refusal: broken("spec.supportFiles[0].render", noRenderedBase64),
    },
    ...rowsOnEntrypoint("spec.entrypoint", (entrypoint) => ({ entrypoint })),
    ...rowsOnSupportFiles("spec.supportFiles", (supportFiles) => ({ entrypoint, supportFiles })),
    ...rowsOnValues("spec.environment.variables", (variables) => ({
      entrypoint,
      environment: { variables },
    })),
    ...rowsOnResources("spec.resources", (resources) => ({ entrypoint, resources })),
  ],
};
