import type { EndedState } from "../slurm/job-state-phase.ts";
import { reasons } from "./reasons.ts";

interface EndWords {
  readonly reason: string;
  readonly message: string;
  /** Where the job itself ran. */
  readonly fix: string;
}

/** What is said of a job that ended otherwise than well, and was not cancelled. */
export const endWords: Readonly<Record<Exclude<EndedState, "CANCELLED">, EndWords | undefined>> = {
  COMPLETED: undefined,
  FAILED: { reason: reasons.JobFailed, message: "The job failed", fix: "See status.log." },
  TIMEOUT: {
    reason: reasons.JobTimedOut,
    message: "The job reached its time limit and was ended",
    fix: "Give it more with resources.timeLimitSeconds.",
  },
  DEADLINE: {
    reason: reasons.JobTimedOut,
    message: "The job could not end before its deadline",
    fix: "Give it a later --deadline.",
  },
  NODE_FAIL: {
    reason: reasons.JobNodeFailed,
    message: "A node of the job failed",
    fix: "Submit it again, or ask for --requeue.",
  },
  BOOT_FAIL: {
    reason: reasons.JobNodeFailed,
    message: "A node of the job did not boot",
    fix: "Submit it again.",
  },
  PREEMPTED: {
    reason: reasons.JobPreempted,
    message: "The job was preempted by one of higher priority",
    fix: "Submit it again, or ask for --requeue.",
  },
  OUT_OF_MEMORY: {
    reason: reasons.JobOutOfMemory,
    message: "The job ran out of memory",
    fix: "Give it more with resources.memory.",
  },
};
