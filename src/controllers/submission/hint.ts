import { jobSubmission, type JobSubmission } from "../../api/v1alpha1/job-submission.ts";
import type { Instant } from "../../core/instant.ts";
import type { Key } from "../../kube/key.ts";
import type { KubeObject } from "../../kube/metadata.ts";
import type { SubmissionDeps } from "./deps.ts";

const mostTextLength = 16_384;

/** What a watch showed, as text: a fifth of what the object takes. Undefined when it is too large to be kept. */
export function textOf({ metadata, spec, status }: KubeObject): string | undefined {
  const { managedFields: _, ...kept } = metadata as Record<string, unknown>;
  const text = JSON.stringify({ metadata: kept, spec, status });
  return text.length > mostTextLength ? undefined : text;
}

export interface Hint {
  readonly submission: JobSubmission;
  /** Before this it was seen. */
  readonly seenAt: Instant;
}

/**
 * What is known of a submission without asking: our own last write, or what the watch showed. It may be old. Good for deciding to wait, since
 * whatever is newer wakes the key, and for writes that hold only for this very version; never for anything else.
 */
export function hintOf({ own, submissions }: SubmissionDeps, key: Key): Hint | undefined {
  const view = submissions.store.get(key);
  if (view === undefined) return undefined;
  const stored = own.latest(key);
  if (stored !== undefined) return { submission: stored, seenAt: view.seenAt };
  if (view.text === undefined) return undefined;
  const read = jobSubmission.safeParse(JSON.parse(view.text));
  return read.success ? { submission: read.data, seenAt: view.seenAt } : undefined;
}
