import { z } from "zod";
import { int32, keyedList, text, withRules } from "./schema.ts";
import { keyReference } from "./values.ts";

/** 256 KiB: several files fit one object of the API server (1.5 MiB) together. */
const longestText = 262_144;

const path = text(255, /^[A-Za-z0-9_][-A-Za-z0-9_.]*(\/[A-Za-z0-9_][-A-Za-z0-9_.]*)*$/).min(1);

export const entrypoint = withRules(
  z.object({
    name: text(63, /^[A-Za-z0-9_][-A-Za-z0-9_.]*\.(sh|py)$/)
      .min(1)
      .describe("File name of the batch script; it ends in .sh or .py."),
    text: text(longestText)
      .min(1)
      .optional()
      .describe(
        "The script: begins with #!, holds the #SBATCH lines. In a JobTemplate it is rendered with LiquidJS.",
      ),
    configMapKeyRef: keyReference
      .optional()
      .describe("Takes the script from a ConfigMap in the same namespace."),
  }),
  [
    {
      rule: "has(self.text) != has(self.configMapKeyRef)",
      message: "set exactly one of text and configMapKeyRef",
    },
  ],
);
export type Entrypoint = z.infer<typeof entrypoint>;

export const supportFile = withRules(
  z.object({
    path: path.describe(
      "Path below the job's template directory ($JOB_TEMPLATE_DIR); no leading dot, no '..'.",
    ),
    text: text(longestText).optional().describe("The content."),
    base64: text(longestText * 2, /^[A-Za-z0-9+/\t\n\r ]*={0,2}[\t\n\r ]*$/)
      .optional()
      .describe("The content of a binary file, in base64."),
    configMapKeyRef: keyReference
      .optional()
      .describe("Takes the content from a ConfigMap (data or binaryData) in the same namespace."),
    mode: int32(0, 511)
      .optional()
      .describe(
        "Permission bits, 0 to 511 (0o777); write permission is always taken off. Default 292 (0o444).",
      ),
    render: z
      .boolean()
      .optional()
      .describe("Whether the text is rendered with LiquidJS like the entrypoint. Default false."),
  }),
  [
    {
      rule: "[has(self.text), has(self.base64), has(self.configMapKeyRef)].filter(x, x).size() == 1",
      message: "set exactly one of text, base64 and configMapKeyRef",
    },
    {
      rule: "!(has(self.render) && self.render && has(self.base64))",
      message: "a base64 file cannot be rendered; set text, or render: false",
      fieldPath: ".render",
    },
  ],
);
export type SupportFile = z.infer<typeof supportFile>;

export const supportFiles = keyedList(supportFile, "path", 32);
