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
    .describe(
      "Ready: submissions can be sent. Reachable: the last look at the queue was answered, be it to one login of several.",
    ),
  clusterName: text(255)
    .optional()
    .describe(
      "Slurm's own ClusterName, as first seen. Another one later stops everything (ClusterIdentityChanged).",
    ),
  version: text(64).optional().describe("Slurm's version."),
  accounting: z.boolean().optional().describe("Whether slurmdbd keeps the history of jobs."),
  lastPollTime: time
    .optional()
    .describe("The last good look at the queue; written at most once a minute while nothing else changes."),
  partitions: keyedList(
    z.object({
      name: text(255).min(1).describe("The partition's name."),
      state: text(32).describe("UP, DOWN, DRAIN or INACTIVE."),
      isDefault: z.boolean().describe("Whether jobs go there that name no partition."),
      nodes: many.describe("How many nodes it has."),
      maxTimeSeconds: z.int().min(0).optional().describe("Longest time limit of a job. Absent for no limit."),
      defaultTimeSeconds: z.int().min(0).optional().describe("Time limit of a job that asks for none."),
    }),
    "name",
    128,
  )
    .optional()
    .describe(
      "Partitions that the login sees that asked: the observer, or the first of the tenants' that works.",
    ),
  nodes: z
    .object({
      total: many.describe("All nodes."),
      idle: many.describe("Nodes without a job."),
      allocated: many.describe("Nodes whose CPUs are all given out."),
      mixed: many.describe("Nodes whose CPUs are partly given out."),
      down: many.describe("Nodes that do not work."),
      drained: many.describe("Nodes that take no new jobs."),
    })
    .optional()
    .describe("Nodes of the cluster by state."),
  cpus: z
    .object({ total: many.describe("All CPUs."), allocated: many.describe("CPUs that jobs have.") })
    .optional()
    .describe("CPUs of the cluster."),
  gpus: keyedList(
    z.object({
      type: text(255).min(1).describe("As the site names it, gpu where it gives no type."),
      total: many.describe("All GPUs of the type."),
    }),
    "type",
    64,
  )
    .optional()
    .describe("GPUs of the cluster by type."),
  licenses: keyedList(
    z.object({
      name: text(255).min(1).describe("The licence's name."),
      total: many.describe("How many there are."),
      used: many.describe("How many are in use."),
    }),
    "name",
    128,
  )
    .optional()
    .describe("Licences that Slurm counts."),
  queue: z
    .object({ pending: many.describe("Jobs that wait."), running: many.describe("Jobs that run.") })
    .optional()
    .describe("Jobs of everybody, as far as the login that asked may see them."),
});
export type SlurmClusterStatus = z.infer<typeof slurmClusterStatus>;
