import { z } from "zod";
import { conditions } from "./conditions.ts";
import { int32, keyedList, objectName, plainList, text, time } from "./schema.ts";

/** Created: not yet accepted by a scheduler. Submitted: the scheduler has it. The other three are final. */
export const phases = ["Created", "Submitted", "Done", "Rejected", "Aborted"] as const;
export type Phase = (typeof phases)[number];

const digest = text(71, /^sha256:[0-9a-f]{64}$/);

/** What a status takes of a job's outputs. */
export const outputBounds = { most: 256, nameLength: 63, valueLength: 4096 } as const;

const exitCode = int32(0, 255).optional();
const signal = int32(0, 128).optional();

/** How long the list of an array's tasks may be that are sent again: that of the completed ones is longer, and all texts share 8192 characters. */
export const mostRetriedText = 4096;

/** One try to hand the job to a scheduler. Written before anything is sent; while it is open, nothing but `jobId`, `swept`, `queueTimedOut`, `end` and `ended` is ever added, and `held` comes and goes. */
export const attempt = z.object({
  index: int32(1, 999_999).describe("From 1."),
  token: text(128)
    .min(1)
    .describe("Names the attempt on the cluster: it is in the path of the job's script."),
  since: time.describe("When the attempt was decided."),
  cluster: z
    .object({
      name: objectName.describe("Name of the SlurmCluster."),
      uid: text(64).describe("UID of the SlurmCluster object."),
      slurmName: text(255).describe("Slurm's own ClusterName at that time."),
    })
    .describe("Where it is sent."),
  user: text(64).describe("Login that it is sent as."),
  directory: text(4096).describe("The job's directory on the cluster."),
  scriptDigest: digest.describe("Digest of the script that is sent."),
  optionsDigest: digest.describe("Digest of options, variables and limits that are sent with it."),
  jobId: text(64).optional().describe("The scheduler's id."),
  held: z
    .boolean()
    .optional()
    .describe(
      "What of its job waits in the queue is held by spec.suspend, or about to be. Absent once it is released.",
    ),
  swept: z
    .boolean()
    .optional()
    .describe("Its job was over or gone, and what Slurm then sent back to the queue is cancelled by us."),
  queueTimedOut: z
    .boolean()
    .optional()
    .describe(
      "Its job waited longer than spec.queueTimeoutSeconds and had not started; it is cancelled by us.",
    ),
  tasks: text(256)
    .optional()
    .describe("Of an array, the tasks that it sends again, in Slurm's notation; a long list ends in '...'."),
  end: z
    .object({
      state: text(32).describe("Slurm's base state."),
      exitCode: exitCode.describe("Of an array, of the first task that failed."),
      signal: signal.describe("Signal that ended the job, 0 for none."),
      startedAt: time.optional().describe("By the cluster's clock."),
      endedAt: time.optional().describe("By the cluster's clock."),
    })
    .optional()
    .describe(
      "How its job ended; of an array, with what earlier attempts left. Only where spec.retry is set.",
    ),
  ended: z
    .enum(["DidNotRun", "Refused", "Over"])
    .optional()
    .describe(
      "How the attempt ended: nothing of it ever ran, the scheduler refused it, or its job is over. Absent while it is open.",
    ),
});
export type Attempt = z.infer<typeof attempt>;

const counts = z.object({
  state: text(32).min(1).describe("Slurm's base state, or UNKNOWN."),
  count: int32(0, 10_000_000).describe("How many tasks."),
  indexes: text(8192).describe(
    "Which, in Slurm's notation, e.g. 0-99,103,200-300:2; all states together take at most 8192 characters, and what is cut ends in '...'.",
  ),
});

const count = z.int().min(0);

const failedTask = z.object({
  index: int32(0, 10_000_000).describe("Index of the task."),
  state: text(32).min(1).describe("Slurm's base state that it ended in, or LOST."),
  exitCode: int32(0, 255).optional().describe("Absent where it is not known, or no process ended with one."),
  signal: int32(0, 128).optional().describe("Signal that ended it, 0 for none."),
});

export const jobSubmissionStatus = z.object({
  observedGeneration: z
    .int()
    .min(-1)
    .optional()
    .describe("metadata.generation last looked at; -1 before the first time."),
  phase: z.enum(phases).optional().describe("Created, Submitted, Done, Rejected or Aborted."),
  finished: z
    .enum(["true", "false"])
    .optional()
    .describe("Whether everything is over, the finalizer included. The operator watches only what is not."),
  state: text(32).optional().describe("Slurm's base state."),
  flags: plainList(text(32), 18)
    .optional()
    .describe("Slurm's flags on the state, e.g. COMPLETING or REQUEUED."),
  reason: z
    .object({
      word: text(255).describe("Slurm's word."),
      text: text(1024).describe("The same in plain words, with what to do."),
    })
    .optional()
    .describe("Why the job waits or how it ended."),
  conditions: conditions
    .optional()
    .describe("Succeeded, Ready, Dispatched; Reconciling, Stalled and QueuedLong only while True."),
  attempts: keyedList(attempt, "index", 64)
    .optional()
    .describe("Every try to hand the job to the scheduler, the last one last."),
  jobId: text(64).optional().describe("The scheduler's id; of an array, the array's."),
  user: text(64).optional().describe("Login on the cluster that the job runs as."),
  cluster: z
    .object({
      name: objectName.describe("Name of the SlurmCluster."),
      slurmName: text(255).describe("Slurm's own ClusterName."),
    })
    .optional()
    .describe("Where the job is, and Slurm's own name of it."),
  queue: z
    .object({
      estimatedStartAt: time
        .optional()
        .describe("When Slurm expects it to start, by the cluster's clock; an estimate that moves."),
      ahead: count
        .optional()
        .describe(
          "Jobs that wait in the same partition and go first by their priority, as of updatedAt; an array's pending rest counts as one. Slurm may start what fits before them. Only where the SlurmCluster has an observer, who sees everybody's jobs.",
        ),
      longSince: time
        .optional()
        .describe("When it had first waited for longer than spec.queuedLongSeconds of its cluster."),
      updatedAt: time.describe("When this was written: with other news, or every ten minutes."),
    })
    .optional()
    .describe("While it is pending, how the wait goes; Slurm's reason is in reason."),
  partition: text(1024).optional().describe("Slurm partition that the job is in."),
  nodes: text(4096).optional().describe("Nodes, in Slurm's bracket notation."),
  workingDirectory: text(4096).optional().describe("The job's directory on the cluster."),
  submittedAt: time.optional().describe("By the cluster's clock."),
  startedAt: time.optional().describe("By the cluster's clock; of an array, of the first task."),
  resumedAt: time
    .optional()
    .describe(
      "When spec.suspend last let it go, by the operator's clock: time that it was held does not count against its timeouts.",
    ),
  endedAt: time.optional().describe("By the cluster's clock; of an array, of the last task."),
  timeLimitSeconds: z
    .int()
    .min(0)
    .optional()
    .describe("Time limit that Slurm gave the job. Absent for no limit."),
  priority: z.int().min(0).optional().describe("Slurm's priority of the job."),
  reservation: text(255).optional().describe("Reservation that the job is in."),
  exitCode: int32(0, 255).optional().describe("Of an array, of the first task that failed."),
  signal: int32(0, 128).optional().describe("Signal that ended the job, 0 for none."),
  restarts: int32(0, 1_000_000).optional().describe("How often Slurm started the job again."),
  array: z
    .object({
      tasks: int32(0, 10_000_000).describe("How many there are."),
      states: keyedList(counts, "state", 16).describe("One entry a state."),
      failed: keyedList(failedTask, "index", 100)
        .optional()
        .describe("The first tasks that failed, by index; cancelled ones are only in states."),
      failedNotListed: int32(0, 10_000_000)
        .optional()
        .describe("How many more failed than are in the list. Absent for none."),
      updatedAt: time
        .optional()
        .describe(
          "When this was written. While the array runs it is not written at each change: see docs/operating.md.",
        ),
    })
    .optional()
    .describe("Tasks of an array by state."),
  retry: z
    .object({
      count: int32(1, 100).describe("How many retries there have been, the one that is to come included."),
      since: time.describe("When the end before the last retry was stored, by the operator's clock."),
      nextAt: time.describe("From when on that retry may be sent, by the operator's clock."),
      ends: keyedList(
        z.object({
          state: text(32).min(1).describe("Slurm's base state."),
          indexes: text(mostRetriedText).describe("Which tasks, in Slurm's notation."),
        }),
        "state",
        16,
      )
        .optional()
        .describe(
          "With scope FailedTasks, how the tasks that did not complete had ended by then. Those in a state of spec.retry.when are sent again; the others keep their end, and what is not listed has completed.",
        ),
    })
    .optional()
    .describe("The last retry. Absent before the first."),
  allocatedResources: keyedList(
    z.object({
      name: text(64).describe("Slurm's name of the resource, e.g. cpu, mem, gres/gpu."),
      value: text(64).describe("How much, as Slurm writes it."),
    }),
    "name",
    32,
  )
    .optional()
    .describe("What the job was given, of an array what a task was given; from accounting, at the end."),
  usage: z
    .object({
      runSeconds: count.describe("Time that it ran; suspended time does not count."),
      cpuSeconds: count.describe("CPU time that its steps used."),
      allocatedCpuSeconds: count.describe("CPUs that it had, times the time that it ran."),
      cpuEfficiencyPercent: int32(0, 100_000)
        .optional()
        .describe("The one by the other. Above 100 where it used more than it had."),
      gpuSeconds: count.describe("GPUs that it had, times the time that it ran."),
      peakMemoryBytes: count
        .optional()
        .describe("Of its largest task, as sampled by Slurm. Absent where nobody measured."),
      energyJoules: count.optional().describe("Absent where the site does not measure it."),
      runs: plainList(
        z.object({
          attempt: int32(1, 999_999).describe("Index of the attempt."),
          state: text(32).describe("Slurm's word for how it ended, e.g. REQUEUED."),
          startedAt: time.optional().describe("By the cluster's clock."),
          endedAt: time.optional().describe("By the cluster's clock."),
          runSeconds: count.describe("Time that it ran; suspended time does not count."),
          cpuSeconds: count.describe("CPU time that its steps used."),
          peakMemoryBytes: count.optional().describe("Of its largest task, as sampled by Slurm."),
        }),
        16,
      )
        .optional()
        .describe("The last 16 runs, a requeued job's earlier ones too. Not of an array."),
    })
    .optional()
    .describe(
      "What all its runs and tasks took together, from accounting, written with finished. Absent where the cluster keeps none, or did not answer then.",
    ),
  outputs: plainList(
    z.object({
      name: text(outputBounds.nameLength).describe("Name of the output."),
      value: text(outputBounds.valueLength).describe("Its value."),
      task: int32(0, 10_000_000).optional().describe("Array index that it comes from."),
    }),
    outputBounds.most,
  )
    .optional()
    .describe("What the script put out: OUT_<name> of bash, <name>=value in $JOB_OUTPUTS."),
  log: z
    .object({
      path: text(4096).optional().describe("On the cluster."),
      task: int32(0, 10_000_000).optional().describe("Of an array, the task whose log it is."),
      size: z.int().min(0).optional().describe("In bytes, when it was read."),
      readAt: time.optional().describe("By the operator's clock."),
      tail: text(4096)
        .optional()
        .describe("The last 4000 bytes, with *** in place of what is known or looks like a secret."),
      message: text(256).optional().describe("Why there is no path, or nothing was read."),
      request: text(253)
        .optional()
        .describe("Value of the annotation batchwright.dev/read-log that this answers."),
    })
    .optional()
    .describe(
      "The job's standard output, read at its end, and once for each value of the annotation batchwright.dev/read-log; of an array, that of the task that the annotation names (task=3), else of the first that failed, else of the first.",
    ),
  effectiveOptions: keyedList(
    z.object({
      option: text(64).describe("Option of sbatch, by its long name."),
      value: text(8192).describe("Its value; empty for an option without one."),
      from: z
        .enum(["Cluster", "Resources", "Script", "Submission"])
        .describe(
          "Who said so: defaults of the cluster, resources of template or script, #SBATCH lines in the text, the submission.",
        ),
    }),
    "option",
    128,
  )
    .optional()
    .describe("What sbatch was told, after precedence."),
  script: z
    .object({
      name: objectName.describe("Name of the JobScript."),
      digest: digest.optional().describe("Its digest when it was sent."),
    })
    .optional()
    .describe("The JobScript that runs."),
  template: z
    .object({
      name: objectName.describe("Name of the JobTemplate."),
      generation: z.int().min(0).optional().describe("Its metadata.generation when it was rendered."),
    })
    .optional()
    .describe("The JobTemplate that it came from."),
});
export type JobSubmissionStatus = z.infer<typeof jobSubmissionStatus>;
