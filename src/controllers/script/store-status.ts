import { labels } from "../../api/group.ts";
import { jobScript, type JobScript, type JobScriptStatus } from "../../api/v1alpha1/job-script.ts";
import type { Readiness } from "../../core/template/readiness.ts";
import { mergePatch } from "../../core/status/merge-patch.ts";
import type { KubeClient } from "../../kube/client.ts";
import { keyOf } from "../../kube/key.ts";
import { writtenObject } from "../../kube/metadata.ts";
import type { EventRecorder } from "../../runtime/event-recorder.ts";
import { jobScripts } from "../resources.ts";
import { readinessEvents } from "../template/readiness-event.ts";
import { fieldManager } from "./store-files.ts";

export interface ScriptStore {
  readonly client: KubeClient;
  readonly events: Pick<EventRecorder, "record">;
}

/** Links the script to its template, so that `kubectl get jscr -l batchwright.dev/template=NAME` finds it. */
export async function storeLabel(
  script: JobScript,
  { client }: ScriptStore,
  signal: AbortSignal,
): Promise<JobScript> {
  const { metadata, spec } = script;
  const name = spec.from?.template.name;
  if (name === undefined || metadata.labels[labels.template] === name) return script;
  const merge = { metadata: { labels: { [labels.template]: name } } };
  const { resourceVersion } = metadata;
  return client.mergePatch(
    jobScripts,
    keyOf(metadata),
    { merge, resourceVersion, fieldManager, signal },
    jobScript,
  );
}

/** One write onto the version that was decided upon, and none when nothing is new; events follow it. @throws ConflictError */
export async function storeStatus(
  script: JobScript,
  change: { status: JobScriptStatus; readiness: Readiness },
  store: ScriptStore,
  signal: AbortSignal,
): Promise<void> {
  const merge = mergePatch(script.status, change.status);
  if (merge === undefined) return;
  const { resourceVersion } = script.metadata;
  const patch = { merge: { status: merge }, resourceVersion, fieldManager, signal };
  await store.client.patchStatus(jobScripts, keyOf(script.metadata), patch, writtenObject);
  const reported = { kind: "JobScript", ...script } as const;
  const { readiness, status } = change;
  for (const event of readinessEvents(reported, { readiness, warnings: status.warnings ?? [] }))
    store.events.record({ ...event, action: "Render" });
}
