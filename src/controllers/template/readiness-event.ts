import { apiVersion } from "../../api/group.ts";
import type { Condition } from "../../api/v1alpha1/conditions.ts";
import type { Finding } from "../../api/v1alpha1/finding.ts";
import type { ObjectMeta } from "../../api/v1alpha1/object.ts";
import { scriptReasons } from "../../core/jobscript/reasons.ts";
import { describeFinding } from "../../core/slurm/script/finding.ts";
import { conditionOf } from "../../core/status/conditions.ts";
import type { Readiness } from "../../core/template/readiness.ts";
import type { EventRecord } from "../../runtime/event.ts";

/** An object with the status that it had before. */
export interface Reported {
  readonly kind: "JobTemplate" | "JobScript";
  readonly metadata: Pick<ObjectMeta, "name" | "namespace" | "uid">;
  readonly status: { readonly conditions?: readonly Condition[] | undefined };
}

const referTo = ({ kind, metadata }: Reported): EventRecord["regarding"] => ({
  apiVersion,
  kind,
  name: metadata.name,
  namespace: metadata.namespace,
  uid: metadata.uid,
});

/** What to tell beside the status, once that is stored; nothing when the object already said so. */
export function readinessEvents(
  reported: Reported,
  { readiness, warnings }: { readiness: Readiness; warnings: readonly Finding[] },
): Omit<EventRecord, "action">[] {
  const before = conditionOf(reported.status.conditions, "Ready");
  const { reason, message } = readiness.is === "ready" ? readiness : readiness.problem;
  if (before?.reason === reason && before.message === message) return [];
  const isWarning = readiness.is === "hindered" && readiness.problem.policy === "final";
  const regarding = referTo(reported);
  const event = { regarding, type: isWarning ? "Warning" : "Normal", reason, note: message } as const;
  if (readiness.is !== "ready" || warnings.length === 0) return [event];
  const note = warnings.map((warning) => describeFinding(warning.file, warning)).join("\n");
  return [event, { regarding, type: "Warning", reason: scriptReasons.warnings, note }];
}
