import { z } from "zod";
import { int32, line, plainList, slurmName, text, withRules } from "./schema.ts";

/** Several names or an expression: like a name, but with commas. */
const slurmWord = text(1024, /^[^\0- \x7f"'\\#]+$/).min(1);
/** A Kubernetes quantity of bytes; rounded up to whole MiB for Slurm. */
const quantity = text(32, /^\d+(\.\d+)?(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$/).min(1);

const gpus = z.object({
  count: int32(1, 100_000).describe("How many."),
  type: slurmName.optional().describe("GPU type as the site names it."),
  per: z.enum(["Job", "Node", "Task"]).optional().describe("What the count is for. Default Job."),
});

/** The same shape in cluster defaults, templates, scripts and submissions; a higher level replaces a whole group of options that exclude each other. */
export const resources = withRules(
  z.object({
    partition: slurmWord.optional().describe("Slurm partition, or several with commas (--partition)."),
    account: slurmName.optional().describe("Account to charge (--account)."),
    qos: slurmName.optional().describe("Quality of service (--qos)."),
    nodes: withRules(
      z.object({
        min: int32(1, 1_000_000).describe("Least number of nodes."),
        max: int32(1, 1_000_000).optional().describe("Most nodes. Default: min."),
      }),
      [
        {
          rule: "!has(self.max) || self.max >= self.min",
          message: "nodes.max is below nodes.min; raise nodes.max or remove it",
          fieldPath: ".max",
        },
      ],
    )
      .optional()
      .describe("Number of nodes (--nodes)."),
    tasks: int32(1, 10_000_000).optional().describe("Number of tasks (--ntasks)."),
    tasksPerNode: int32(1, 100_000).optional().describe("Tasks on each node (--ntasks-per-node)."),
    cpusPerTask: int32(1, 100_000).optional().describe("CPUs for each task (--cpus-per-task)."),
    memory: quantity.optional().describe("Memory for each node, e.g. 4Gi (--mem)."),
    memoryPerCpu: quantity.optional().describe("Memory for each CPU (--mem-per-cpu)."),
    memoryPerGpu: quantity.optional().describe("Memory for each GPU (--mem-per-gpu)."),
    gpus: gpus.optional().describe("GPUs (--gpus, --gpus-per-node, --gpus-per-task)."),
    timeLimitSeconds: int32(1, 2_000_000_000)
      .optional()
      .describe("Time limit in seconds; Slurm rounds up to minutes (--time)."),
    array: text(1024, /^[0-9][0-9,:%-]*$/)
      .min(1)
      .optional()
      .describe("Array indexes as sbatch takes them, e.g. 0-6 or 1-9:2%4 (--array)."),
    reservation: slurmName.optional().describe("Reservation (--reservation)."),
    constraint: slurmWord.optional().describe("Node features (--constraint)."),
    exclusive: z
      .enum(["None", "Node", "User"])
      .optional()
      .describe(
        "Whether nodes are shared: None as the site does it, Node not at all (--exclusive), User with the same user's jobs (--exclusive=user).",
      ),
    localDisk: quantity.optional().describe("Temporary disk space on each node (--tmp)."),
    licenses: plainList(slurmName, 32).optional().describe("Licences, e.g. matlab:2 (--licenses)."),
    sbatch: plainList(line(1024).min(1), 32)
      .optional()
      .describe(
        "Any other sbatch option, one an entry, e.g. --comment=mine or --hint=nomultithread; the last word among the options of its level.",
      ),
  }),
  [
    {
      rule: "[has(self.memory), has(self.memoryPerCpu), has(self.memoryPerGpu)].filter(x, x).size() <= 1",
      message: "memory, memoryPerCpu and memoryPerGpu exclude each other; keep one",
    },
  ],
).describe("What the job asks of the scheduler.");
export type Resources = z.infer<typeof resources>;
