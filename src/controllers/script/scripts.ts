import { z } from "zod";
import { jobScript } from "../../api/v1alpha1/job-script.ts";
import { pinOf } from "../../core/jobscript/decide-script.ts";
import { conditionOf } from "../../core/status/conditions.ts";
import type { KubeClient } from "../../kube/client.ts";
import { keyOf, type Key } from "../../kube/key.ts";
import type { Logger } from "../../runtime/logger.ts";
import type { RuntimeMetrics } from "../../runtime/metrics.ts";
import { Reflector } from "../../runtime/reflector.ts";
import { jobScripts } from "../resources.ts";

/** What is kept of a script. */
export interface ScriptView {
  /** Rendered and Ready in its present generation: nothing but a change of its own concerns it any more. */
  readonly isSettled: boolean;
  /** The template that it waits for, as a key; undefined for an inline script, and once it is settled. */
  readonly waitsFor: Key | undefined;
}

export type ScriptReflector = Reflector<ScriptView, "template">;

const seen = z.object(jobScript.shape);

export const reflectScripts = (options: {
  client: KubeClient;
  logger: Logger;
  metrics?: RuntimeMetrics;
  /** Only this one; all when absent. */
  namespace?: string;
}): ScriptReflector =>
  new Reflector({
    ...options,
    resource: jobScripts,
    project: (object): ScriptView => viewOf(seen.parse(object)),
    // Only those that are not settled: a template's change must not wake the history of what was rendered from it.
    indexes: { template: ({ waitsFor }) => (waitsFor === undefined ? [] : [waitsFor]) },
  });

function viewOf(script: z.infer<typeof jobScript>): ScriptView {
  const { metadata, spec, status } = script;
  const isReady = conditionOf(status.conditions, "Ready")?.status === "True";
  const isSettled = isReady && pinOf(script) !== undefined;
  const name = isSettled ? undefined : spec.from?.template.name;
  return {
    isSettled,
    waitsFor: name === undefined ? undefined : keyOf({ namespace: metadata.namespace, name }),
  };
}
