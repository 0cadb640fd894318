import { apiVersion } from "../../api/group.ts";
import { jobSubmission, type JobSubmission } from "../../api/v1alpha1/job-submission.ts";
import { instant } from "../../core/instant.ts";
import { decideExpiry } from "../../core/submission/expiry.ts";
import { reasons } from "../../core/submission/reasons.ts";
import type { KubeClient } from "../../kube/client.ts";
import { ConflictError, NotFoundError } from "../../kube/errors.ts";
import type { Key } from "../../kube/key.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import type { EventRecorder } from "../../runtime/event-recorder.ts";
import { done, requeueAfter, type Result } from "../../runtime/outcome.ts";
import { jobSubmissions } from "../resources.ts";
import type { SubmissionReflector } from "../submission/submissions.ts";

export interface ExpiryDeps {
  readonly client: KubeClient;
  readonly events: Pick<EventRecorder, "record">;
  readonly submissions: Pick<SubmissionReflector, "store">;
}

/** Clocks are asked again in between: they may have been set. */
const longestWaitMs = 3_600_000;
const conflictMs = 1000;

/** Deletes a finished submission once its time is over: the very object that was looked at, and only as it was then. */
export async function expire(
  key: Key,
  { client, events, submissions }: ExpiryDeps,
  { signal }: ReconcileContext,
): Promise<Result> {
  const submission = await client.find(jobSubmissions, key, jobSubmission, { signal });
  if (submission === undefined) return done;
  const serverTime = client.serverTime();
  const expiry = decideExpiry({
    submission,
    clocks: [Date.now(), ...(serverTime === undefined ? [] : [serverTime])].map(instant),
    isAwaited: submissions.store
      .lookUp("dependsOn", key)
      .some((dependent) => submissions.store.get(dependent)?.tokens.length === 0),
  });
  switch (expiry.is) {
    case "kept":
      return done;
    case "tracked":
      events.record({
        regarding: referTo(submission),
        type: "Warning",
        reason: reasons.TtlIgnored,
        action: "Keep",
        note: `spec.ttlSecondsAfterFinished is ignored: ${expiry.by} would create the submission again, and the job would run a second time; remove the field, or delete the submission where it comes from`,
      });
      return done;
    case "due":
      return requeueAfter(Math.min(expiry.inMs, longestWaitMs));
    case "expired":
      return remove(key, submission, { client, events, signal });
  }
}

async function remove(
  key: Key,
  submission: JobSubmission,
  { client, events, signal }: Pick<ExpiryDeps, "client" | "events"> & { signal: AbortSignal },
): Promise<Result> {
  const { uid, resourceVersion } = submission.metadata;
  const preconditions = { uid, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  try {
    await client.delete(jobSubmissions, key, { preconditions, propagation: "Background", signal });
  } catch (error) {
    if (error instanceof NotFoundError) return done;
    if (error instanceof ConflictError) return requeueAfter(conflictMs);
    throw error;
  }
  const { phase = "", state = "" } = submission.status;
  events.record({
    regarding: referTo(submission),
    type: "Normal",
    reason: reasons.Expired,
    action: "Delete",
    note: `deleted, as spec.ttlSecondsAfterFinished (${submission.spec.ttlSecondsAfterFinished ?? 0}) says; it ended ${phase} (${state})`,
  });
  return done;
}

const referTo = ({ metadata: { name, namespace, uid } }: JobSubmission) => ({
  apiVersion,
  kind: "JobSubmission",
  name,
  namespace,
  uid,
});
