import { apiVersion, finalizers } from "../../api/group.ts";
import { jobSubmission, type JobSubmission } from "../../api/v1alpha1/job-submission.ts";
import type { JobSubmissionStatus } from "../../api/v1alpha1/job-submission-status.ts";
import { mergePatch } from "../../core/status/merge-patch.ts";
import type { Note } from "../../core/submission/step.ts";
import { keyOf } from "../../kube/key.ts";
import type { EventRecord } from "../../runtime/event.ts";
import { jobSubmissions } from "../resources.ts";
import type { SubmissionDeps } from "./deps.ts";

const fieldManager = "batchwright-submissions";

/**
 * The one write of a status. Rule 1 (CURRENT_VERSION): only onto the version that was decided upon: on a ConflictError the decision is void, not retried.
 * @returns the object as it is stored now, which is what "stored and read back" means
 */
export async function storeStatus(
  deps: SubmissionDeps,
  submission: JobSubmission,
  change: { status: JobSubmissionStatus; signal: AbortSignal },
): Promise<JobSubmission> {
  const merge = mergePatch(submission.status, change.status);
  if (merge === undefined) return submission;
  const { resourceVersion } = submission.metadata;
  return deps.client.patchStatus(
    jobSubmissions,
    keyOf(submission.metadata),
    { merge: { status: merge }, resourceVersion, fieldManager, signal: change.signal },
    jobSubmission,
  );
}

export async function storeFinalizer(
  deps: SubmissionDeps,
  submission: JobSubmission,
  signal: AbortSignal,
): Promise<JobSubmission> {
  const { resourceVersion, finalizers: present } = submission.metadata;
  const merge = { metadata: { finalizers: [...present, finalizers.job] } };
  return deps.client.mergePatch(
    jobSubmissions,
    keyOf(submission.metadata),
    { merge, resourceVersion, fieldManager, signal },
    jobSubmission,
  );
}

/** Of an object that is being deleted this is the end: the next look finds nothing. */
export async function dropFinalizer(
  deps: SubmissionDeps,
  submission: JobSubmission,
  signal: AbortSignal,
): Promise<JobSubmission> {
  const { resourceVersion, finalizers: present } = submission.metadata;
  const merge = { metadata: { finalizers: present.filter((name) => name !== finalizers.job) } };
  return deps.client.mergePatch(
    jobSubmissions,
    keyOf(submission.metadata),
    { merge, resourceVersion, fieldManager, signal },
    jobSubmission,
  );
}

/** Only once the status that they speak of is stored. The log calls the token `attempt`: what is called a token is censored there. */
export function tell(deps: SubmissionDeps, submission: JobSubmission, notes: readonly Note[]): void {
  const { name, namespace, uid } = submission.metadata;
  for (const { type, reason, action, message } of notes) {
    deps.events.record({
      regarding: { apiVersion, kind: "JobSubmission", name, namespace, uid },
      type,
      reason,
      action,
      note: message,
      facts: factsOf(submission.status),
    });
  }
}

function factsOf({ phase, state, jobId, attempts }: JobSubmissionStatus): NonNullable<EventRecord["facts"]> {
  const attempt = attempts?.at(-1);
  return {
    phase,
    state,
    cluster: attempt?.cluster.name,
    jobId: attempt?.jobId ?? jobId,
    attempt: attempt?.token,
  };
}
