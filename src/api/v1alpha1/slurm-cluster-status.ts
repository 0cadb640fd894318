import { z } from "zod";
import { conditions } from "./conditions.ts";
import { int32, keyedList, text, time } from "./schema.ts";

const many = int32(0, 2_000_000_000);

export const slurmClusterStatus = z.object({
  observedGeneration: z
    .int()
    .min(-1)
    .optional()
    .describe("metadata.generation last looked at; -1 before the first time."),
  conditions: conditions
    .optional()
    .describe("Ready: submissions can be sent. Reachable: the last look at the queue was answered."),
  clusterName: text(255)
    .optional()
    .describe(
      "Slurm's own ClusterName, as first seen. Another one later stops everything (ClusterIdentityChanged).",
    ),
  version: text(64).optional().describe("Slurm's version."),
  accounting: z.boolean().optional().describe("Whether slurmdbd keeps the history of jobs."),
  lastPollTime: time
    .optional()
    .describe(
      "The last good look at the queue; written at most every ten minutes while nothing else changes.",
    ),
  partitions: keyedList(
    z.object({
      name: text(255).min(1),
      state: text(32).describe("UP, DOWN, DRAIN or INACTIVE."),
      isDefault: z.boolean().describe("Whether jobs go there that name no partition."),
      nodes: many,
      maxTimeSeconds: z.int().min(0).optional().describe("Absent for no limit."),
      defaultTimeSeconds: z.int().min(0).optional(),
    }),
    "name",
    128,
  ).optional(),
  nodes: z
    .object({ total: many, idle: many, allocated: many, mixed: many, down: many, drained: many })
    .optional(),
  cpus: z.object({ total: many, allocated: many }).optional(),
  gpus: keyedList(
    z.object({
      type: text(255).min(1).describe("As the site names it, gpu where it gives no type."),
      total: many,
    }),
    "type",
    64,
  ).optional(),
  licenses: keyedList(z.object({ name: text(255).min(1), total: many, used: many }), "name", 128).optional(),
  queue: z
    .object({ pending: many, running: many })
    .optional()
    .describe("Jobs of everybody, as far as the observer sees them."),
});
export type SlurmClusterStatus = z.infer<typeof slurmClusterStatus>;
