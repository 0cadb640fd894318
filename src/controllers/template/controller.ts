import { jobTemplate, type JobTemplate, type JobTemplateStatus } from "../../api/v1alpha1/job-template.ts";
import { instant } from "../../core/instant.ts";
import { mergePatch } from "../../core/status/merge-patch.ts";
import { readinessConditions } from "../../core/template/readiness.ts";
import { referencedConfigMaps } from "../../core/template/source.ts";
import { judgeTemplate, type TemplateVerdict } from "../../core/template/template-readiness.ts";
import type { KubeClient } from "../../kube/client.ts";
import { ConflictError } from "../../kube/errors.ts";
import type { Key } from "../../kube/key.ts";
import { writtenObject } from "../../kube/metadata.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import type { EventRecorder } from "../../runtime/event-recorder.ts";
import { done, requeueAfter, type Result } from "../../runtime/outcome.ts";
import { jobTemplates } from "../resources.ts";
import { readConfigMaps } from "./config-map-content.ts";
import { readinessEvents } from "./readiness-event.ts";

export interface TemplateDeps {
  readonly client: KubeClient;
  readonly events: Pick<EventRecorder, "record">;
  readonly clock: Clock;
  /** Milliseconds until what refers to ConfigMaps is looked at again: while it is not Ready, and while it is. */
  readonly recheckMs: number;
  readonly reviewMs: number;
}

const conflictMs = 100;

/** Says whether scripts can be rendered from a template, and if not, what is wrong and where. */
export async function reconcileTemplate(
  key: Key,
  deps: TemplateDeps,
  { signal }: ReconcileContext,
): Promise<Result> {
  const template = await deps.client.find(jobTemplates, key, jobTemplate, { signal });
  if (template === undefined || template.metadata.deletionTimestamp !== undefined) return done;
  const names = referencedConfigMaps(template.spec);
  const { namespace } = template.metadata;
  const configMaps = await readConfigMaps(deps.client, { namespace, names }, signal);
  const verdict = judgeTemplate(template.spec, configMaps);
  try {
    await report(key, { template, verdict }, deps, signal);
  } catch (error) {
    if (error instanceof ConflictError) return requeueAfter(conflictMs);
    throw error;
  }
  if (names.length === 0) return done;
  return requeueAfter(verdict.readiness.is === "ready" ? deps.reviewMs : deps.recheckMs);
}

/** One write, and none when nothing is new; the event follows it. */
async function report(
  key: Key,
  { template, verdict }: { template: JobTemplate; verdict: TemplateVerdict },
  deps: TemplateDeps,
  signal: AbortSignal,
): Promise<void> {
  const { generation, resourceVersion } = template.metadata;
  const now = instant(deps.clock.wallTime().getTime());
  const status: JobTemplateStatus = {
    observedGeneration: generation,
    ...(verdict.warnings.length === 0 ? {} : { warnings: [...verdict.warnings] }),
    conditions: readinessConditions(verdict.readiness, template.status.conditions, { generation, now }),
  };
  const merge = mergePatch(template.status, status);
  if (merge === undefined) return;
  const patch = { merge: { status: merge }, resourceVersion, fieldManager: "batchwright-templates", signal };
  await deps.client.patchStatus(jobTemplates, key, patch, writtenObject);
  for (const event of readinessEvents({ kind: "JobTemplate", ...template }, verdict))
    deps.events.record({ ...event, action: "Validate" });
}
