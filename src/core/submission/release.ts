import type { JobSubmissionStatus } from "../../api/v1alpha1/job-submission-status.ts";
import { annotations, finalizers } from "../../api/group.ts";
import type { JobSubmission } from "../../api/v1alpha1/job-submission.ts";
import type { Observed } from "./observed.ts";
import type { Step } from "./step.ts";
import { decideUsage } from "./usage.ts";

/** Whether the end is stored. From here on the status never changes but for `finished`, and what comes with it. */
export function isOver(status: JobSubmissionStatus): boolean {
  return status.phase === "Done" || status.phase === "Rejected" || status.phase === "Aborted";
}

/**
 * Final status first, then the finalizer goes, and only then does `finished` turn true: whoever sees `finished` sees an object that the
 * operator no longer holds, and no crash in between can lose the end.
 */
export function decideRelease(seen: Observed): Step {
  const { submission } = seen;
  if (hasFinalizer(submission.metadata.finalizers)) return { do: "removeFinalizer", notes: [] };
  if (submission.status.finished === "true" || submission.metadata.deletionTimestamp !== undefined)
    return { do: "wait" };
  const usage = decideUsage(seen);
  if ("step" in usage) return usage.step;
  return {
    do: "write",
    status: { ...submission.status, ...usage, finished: "true" },
    notes: [],
    next: { wait: undefined },
  };
}

/**
 * A cluster that is gone for good must not keep a namespace from being deleted for ever: whoever deletes the object can let go of the job,
 * in so many words. What becomes of it on the cluster is then nobody's business but his.
 */
export function isAbandoned({ metadata }: JobSubmission): boolean {
  return metadata.deletionTimestamp !== undefined && metadata.annotations[annotations.abandon] === "true";
}

export function hasFinalizer(present: readonly string[]): boolean {
  return present.includes(finalizers.job);
}
