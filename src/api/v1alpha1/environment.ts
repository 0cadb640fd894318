import { z } from "zod";
import { line, plainList, text } from "./schema.ts";
import { namedValues } from "./values.ts";

export const environment = z
  .object({
    modules: plainList(text(255, /^[A-Za-z0-9][-A-Za-z0-9_.+/]*$/).min(1), 32)
      .optional()
      .describe("Environment modules loaded inside the job, in order."),
    variables: namedValues.optional().describe("Environment variables of the job."),
    setup: text(16_384)
      .optional()
      .describe("POSIX shell lines run inside the job before the entrypoint, in the launcher's shell."),
    interpreter: line(255)
      .min(1)
      .optional()
      .describe(
        "Program that runs the entrypoint, in place of the one behind its #!. With arguments, split at blanks.",
      ),
  })
  .describe("What the job finds when it starts.");
export type Environment = z.infer<typeof environment>;
