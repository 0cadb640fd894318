import { z } from "zod";
import { int32, keyedList, plainList, text, variableName, withRules } from "./schema.ts";

export const parameterTypes = ["String", "Integer", "Number", "Boolean", "Path"] as const;

const numeric = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/** Bounds and defaults are strings, as values are: the API has no floats. */
export const parameter = withRules(
  z.object({
    name: variableName.describe("Name in the template, and behind the prefix in the job's environment."),
    type: z
      .enum(parameterTypes)
      .optional()
      .describe(
        "String (default), Integer, Number, Boolean (true or false), or Path (a path on the cluster, without blanks or '..').",
      ),
    description: text(1024).optional().describe("For the person who fills it in."),
    default: text(4096).optional().describe("Taken when a submission gives no value."),
    required: z
      .boolean()
      .optional()
      .describe(
        "Whether a value must be given. Default false: without value and default the parameter is empty.",
      ),
    advanced: z.boolean().optional().describe("A hint to user interfaces: hide it at first."),
    enum: plainList(text(1024), 64).min(1).optional().describe("The only values allowed."),
    minimum: text(64, numeric).optional().describe("Least value, inclusive; for Integer and Number."),
    maximum: text(64, numeric).optional().describe("Greatest value, inclusive; for Integer and Number."),
    pattern: text(512)
      .optional()
      .describe(
        "Regular expression (RE2 syntax, as in CEL: no look-around, no back-references) that the whole value must match; for String and Path.",
      ),
    maxLength: int32(0, 32_768).optional().describe("Most characters; for String and Path."),
  }),
  [
    {
      rule: "!(has(self.required) && self.required && has(self.default))",
      message: "a required parameter cannot have a default; remove one of them",
      fieldPath: ".default",
    },
    {
      rule: "!(has(self.minimum) || has(self.maximum)) || (has(self.type) && self.type in ['Integer', 'Number'])",
      message: "minimum and maximum need type Integer or Number; set type, or remove them",
    },
    {
      rule: "!(has(self.pattern) || has(self.maxLength)) || !has(self.type) || self.type in ['String', 'Path']",
      message: "pattern and maxLength need type String or Path; set type, or remove them",
    },
  ],
);
export type Parameter = z.infer<typeof parameter>;

export const parameters = keyedList(parameter, "name", 64);

export const output = z.object({
  name: variableName.describe(
    "Name of the output; a script sets OUT_<name> (bash) or appends <name>=value to $JOB_OUTPUTS.",
  ),
  type: z.enum(parameterTypes).optional().describe("What the value is. Default String."),
  description: text(1024).optional().describe("For the person who reads it."),
});
export type Output = z.infer<typeof output>;

export const outputs = keyedList(output, "name", 64);
