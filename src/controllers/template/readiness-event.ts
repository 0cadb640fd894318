import { apiVersion } from "../../api/group.ts";
import type { Condition } from "../../api/v1alpha1/conditions.ts";
import type { ObjectMeta } from "../../api/v1alpha1/object.ts";
import { conditionOf } from "../../core/status/conditions.ts";
import type { Readiness } from "../../core/template/readiness.ts";
import type { EventRecord } from "../../runtime/event.ts";

/** An object with the status that it had before. */
export interface Reported {
  readonly kind: "JobTemplate" | "JobScript";
  readonly metadata: Pick<ObjectMeta, "name" | "namespace" | "uid">;
  readonly status: { readonly conditions?: readonly Condition[] | undefined };
}

export const referTo = ({ kind, metadata }: Reported): EventRecord["regarding"] => ({
  apiVersion,
  kind,
  name: metadata.name,
  namespace: metadata.namespace,
  uid: metadata.uid,
});

/** What to tell beside the status, once that is stored; nothing when the object already said so. */
export function readinessEvent(
  reported: Reported,
  readiness: Readiness,
): Omit<EventRecord, "action"> | undefined {
  const before = conditionOf(reported.status.conditions, "Ready");
  const { reason, message } = readiness.is === "ready" ? readiness : readiness.problem;
  if (before?.reason === reason && before.message === message) return undefined;
  const isWarning = readiness.is === "hindered" && readiness.problem.policy === "final";
  return { regarding: referTo(reported), type: isWarning ? "Warning" : "Normal", reason, note: message };
}
