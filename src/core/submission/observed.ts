import type { Attempt } from "../../api/v1alpha1/job-submission-status.ts";
import type { JobSubmission } from "../../api/v1alpha1/job-submission.ts";
import type { Instant } from "../instant.ts";
import type { Outcome, Problem } from "../problem.ts";
import type { Answers, Look, Memory } from "./facts.ts";
import type { Partition } from "./partitions.ts";
import type { Prepared } from "./prepared.ts";

/** Everything that a decision rests on. Values only: the same `Observed` always leads to the same step. */
export interface Observed {
  readonly submission: JobSubmission;
  readonly install: string;
  /** By our wall clock: what is stored is dated by it, and it may be set at any time. */
  readonly now: Instant;
  /** What would be sent, or what is in the way; undefined where the stage has no use for it. */
  readonly prepared: Outcome<Prepared> | undefined;
  /** Why the cluster of the open attempt cannot be asked now; undefined when it can. */
  readonly unavailable: Problem | undefined;
  /** For how long that has been so, in milliseconds; undefined for what this process has not seen begin. */
  readonly unavailableMs: number | undefined;
  /** The login that looks at the queue for all; undefined where each login looks for its own jobs. */
  readonly observer: string | undefined;
  /** Of the cluster, as it was last asked about itself; empty when that is not known now. */
  readonly partitions: readonly Partition[];
  /** A job that waits for longer in the queue is told of. */
  readonly queuedLongMs: number;
  /** The last good answer of squeue, whenever it was begun. */
  readonly latest: Look | undefined;
  /** Ended attempts of which something still waits in the queue. The fence turns it away; sweeping only clears the queue. */
  readonly strays: readonly Attempt[];
  readonly memory: Memory;
  readonly answers: Answers;
  /** The launcher's exit code for a job that the fence turned away. */
  readonly turnedAwayCode: number;
  /** Looks in a row that a quiet picture must last before it counts: orphans end within them. */
  readonly quietTicks: number;
  /** Milliseconds that it must last as well: looks that were hurried count no more than the clock does. */
  readonly quietMs: number;
}

/** Whether the job is to end because somebody wants it so. */
export function isUnwanted({ submission }: Observed): boolean {
  return submission.spec.cancel === true || isDeleting(submission);
}

export function isDeleting(submission: JobSubmission): boolean {
  return submission.metadata.deletionTimestamp !== undefined;
}
