import { z } from "zod";
import { steadyNow } from "../../backends/slurm/poll/poll-clock.ts";
import type { Instant } from "../../core/instant.ts";
import { openAttempt } from "../../core/submission/attempts.ts";
import { jobSubmissionSpec } from "../../api/v1alpha1/job-submission.ts";
import { jobSubmissionStatus } from "../../api/v1alpha1/job-submission-status.ts";
import type { KubeClient } from "../../kube/client.ts";
import { keyOf, type Key } from "../../kube/key.ts";
import type { KubeObject } from "../../kube/metadata.ts";
import type { Logger } from "../../runtime/logger.ts";
import type { RuntimeMetrics } from "../../runtime/metrics.ts";
import { Reflector } from "../../runtime/reflector.ts";
import type { IndexFunction } from "../../runtime/store.ts";
import { jobSubmissions } from "../resources.ts";
import { textOf } from "./hint.ts";
import { ownScriptName } from "./script-object.ts";

/** What the operator keeps in memory of a live submission: enough to find it by whatever may concern it. */
export interface SubmissionView {
  readonly uid: string;
  readonly cluster: string;
  readonly script: string;
  readonly dependsOn: readonly string[];
  /** Of all attempts on record, ended ones too. */
  readonly tokens: readonly string[];
  /** Login of the open attempt. */
  readonly sentAs: string | undefined;
  readonly phase: string | undefined;
  readonly isStarted: boolean;
  /** The object itself, for whoever may go by what can be old; see hint.ts. */
  readonly text: string | undefined;
  readonly seenAt: Instant;
}

export type SubmissionIndex = "token" | "cluster" | "login" | "script" | "dependsOn";
export type SubmissionReflector = Reflector<SubmissionView, SubmissionIndex>;

const seenSubmission = z.object({ spec: jobSubmissionSpec, status: jobSubmissionStatus.default({}) });

export function projectSubmission(object: KubeObject): SubmissionView {
  const { spec, status } = seenSubmission.parse(object);
  return {
    uid: object.metadata.uid,
    cluster: spec.target.slurm.name,
    script: spec.from.script?.name ?? ownScriptName(object.metadata),
    dependsOn: (spec.dependsOn ?? []).map(({ name }) => name),
    tokens: (status.attempts ?? []).map(({ token }) => token),
    sentAs: openAttempt(status)?.user,
    phase: status.phase,
    isStarted: status.startedAt !== undefined,
    text: textOf(object),
    seenAt: steadyNow(),
  };
}

/** What the index `login` holds of a submission with an open attempt, and of all those on the cluster that have none. */
export const sentTo = (cluster: string, user: string | undefined): string => `${cluster}/${user ?? ""}`;

/** A name within the namespace of `key`, as the indexes hold it. */
export function besides(key: Key, name: string): Key {
  const namespace = key.slice(0, key.indexOf("/"));
  return keyOf({ namespace, name });
}

export const submissionIndexes: Readonly<Record<SubmissionIndex, IndexFunction<SubmissionView>>> = {
  token: (view) => view.tokens,
  cluster: (view) => [view.cluster],
  login: (view) => [sentTo(view.cluster, view.sentAs)],
  script: (view, key) => [besides(key, view.script)],
  dependsOn: (view, key) => view.dependsOn.map((name) => besides(key, name)),
};

/** Of all live submissions together, characters: of about 25,000. What does not fit is read when it is needed. */
const mostTextKept = 64 * 1024 * 1024;

/**
 * Watches only what is not finished, by a selectable field: the cost does not grow with history. Whatever leaves the selection arrives as
 * deleted, which means "look" and no more.
 */
export function reflectSubmissions(options: {
  client: KubeClient;
  logger: Logger;
  metrics: RuntimeMetrics;
}): SubmissionReflector {
  let kept = 0;
  const reflector: SubmissionReflector = new Reflector({
    ...options,
    resource: jobSubmissions,
    fieldSelector: "status.finished!=true",
    project: (object) => {
      const view = projectSubmission(object);
      return kept < mostTextKept ? view : { ...view, text: undefined };
    },
    indexes: submissionIndexes,
  });
  reflector.subscribe((change) => {
    const before = change.is === "added" ? undefined : change.before;
    const after = change.is === "added" || change.is === "updated" ? change.after : undefined;
    kept += (after?.text?.length ?? 0) - (before?.text?.length ?? 0);
  });
  return reflector;
}
