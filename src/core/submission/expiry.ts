import type { JobSubmission } from "../../api/v1alpha1/job-submission.ts";
import { after, type Instant } from "../instant.ts";
import { conditionOf } from "../status/conditions.ts";
import { fromTime } from "../status/time.ts";
import { isDeleting } from "./observed.ts";

/** What becomes of a finished submission. */
export type Expiry =
  | { readonly is: "kept" }
  /** For ever, whatever its `ttlSecondsAfterFinished` says. */
  | { readonly is: "tracked"; readonly by: string }
  | { readonly is: "due"; readonly inMs: number }
  | { readonly is: "expired" };

export interface ObservedExpiry {
  readonly submission: JobSubmission;
  /** The present by each clock that may say so. */
  readonly clocks: readonly Instant[];
  /** Something that is not sent yet still has to learn how this one ended. */
  readonly isAwaited: boolean;
}

/** Those that depend on it wake it; this is for what went wrong on the way. */
const awaitedMs = 60_000;

/**
 * A record that was deleted too early does not come back, one that goes too late harms nobody. So the end is the latest that any clock says of it, the present the earliest:
 * a clock that was set, or is wrong, on one side alone deletes nothing.
 */
export function decideExpiry({ submission, clocks, isAwaited }: ObservedExpiry): Expiry {
  const { spec, status } = submission;
  const seconds = spec.ttlSecondsAfterFinished;
  if (seconds === undefined || status.finished !== "true" || isDeleting(submission)) return { is: "kept" };
  const by = trackerOf(submission);
  if (by !== undefined) return { is: "tracked", by };
  const leftMs = after(endOf(submission), seconds * 1000) - Math.min(...clocks);
  if (leftMs > 0) return { is: "due", inMs: leftMs };
  return isAwaited ? { is: "due", inMs: awaitedMs } : { is: "expired" };
}

/** By the operator's clock, the cluster's, and, as what is created later cannot have ended before, the API server's. */
function endOf({ metadata, status }: JobSubmission): Instant {
  const told = conditionOf(status.conditions, "Succeeded")?.lastTransitionTime;
  return [metadata.creationTimestamp, told, status.endedAt]
    .filter((time) => time !== undefined)
    .map(fromTime)
    .reduce((latest, time) => (time > latest ? time : latest));
}

/** Labels and annotations of what creates an object anew once it is gone: the job would run a second time. */
const trackers: readonly (readonly [key: string, by: string])[] = [
  ["kustomize.toolkit.fluxcd.io/name", "Flux"],
  ["helm.toolkit.fluxcd.io/name", "Flux"],
  ["argocd.argoproj.io/tracking-id", "Argo CD"],
  ["argocd.argoproj.io/instance", "Argo CD"],
  ["meta.helm.sh/release-name", "Helm"],
  // Argo CD's own mark before its version 3, where it is not told otherwise.
  ["app.kubernetes.io/instance", "Argo CD or Helm"],
];

function trackerOf({ metadata }: JobSubmission): string | undefined {
  const found = trackers.find(([key]) => key in metadata.labels || key in metadata.annotations);
  return found && `${found[1]} (${found[0]})`;
}
