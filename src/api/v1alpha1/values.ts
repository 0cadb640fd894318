import { z } from "zod";
import { keyedList, objectName, text, variableName, withRules } from "./schema.ts";

export const keyReference = z
  .object({
    name: objectName.describe("Name of the object, in the same namespace."),
    key: text(253, /^[-._a-zA-Z0-9]+$/)
      .min(1)
      .describe("Key in its data."),
  })
  .describe("One key of an object in the same namespace.");
export type KeyReference = z.infer<typeof keyReference>;

const one = {
  rule: "has(self.value) != has(self.valueFrom)",
  message: "set exactly one of value and valueFrom",
};

/** A named value, a string as in Argo and Tekton; whoever declares the name gives the type. */
export const namedValue = withRules(
  z.object({
    name: variableName.describe("Name of the parameter or variable."),
    value: text(32_768).optional().describe("The value, as a string whatever its type."),
    valueFrom: z
      .object({ configMapKeyRef: keyReference.describe("A key of a ConfigMap in the same namespace.") })
      .optional()
      .describe("Takes the value from elsewhere; while it is not there, the object waits."),
  }),
  [one],
);
export type NamedValue = z.infer<typeof namedValue>;

export const namedValues = keyedList(namedValue, "name", 64);
