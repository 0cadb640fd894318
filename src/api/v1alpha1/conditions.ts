import { z } from "zod";
import { keyedList, text, time } from "./schema.ts";

export const conditionStatuses = ["True", "False", "Unknown"] as const;

/** `metav1.Condition`. */
export const condition = z.object({
  type: text(
    316,
    /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$/,
  )
    .min(1)
    .describe("Kind of condition."),
  status: z.enum(conditionStatuses).describe("True, False or Unknown."),
  reason: text(1024, /^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/)
    .min(1)
    .describe("One word for programs."),
  message: text(32_768).describe("For people: what is so, and what to do."),
  lastTransitionTime: time.describe("When status last changed."),
  observedGeneration: z.int().min(0).optional().describe("metadata.generation that the condition is about."),
});
export type Condition = z.infer<typeof condition>;

export const conditions = keyedList(condition, "type", 16);
