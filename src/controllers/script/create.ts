import type { KubeClient } from "../../kube/client.ts";
import { type Clock, systemClock } from "../../runtime/clock.ts";
import { type Controller, createController } from "../../runtime/controller.ts";
import type { EventRecorder } from "../../runtime/event-recorder.ts";
import type { Logger } from "../../runtime/logger.ts";
import type { RuntimeMetrics } from "../../runtime/metrics.ts";
import { sourceOf } from "../../runtime/source.ts";
import type { Change } from "../../runtime/store.ts";
import { configMapRecheckMs } from "../template/config-map-content.ts";
import { isSameTemplate, type TemplateReflector } from "../template/templates.ts";
import { reconcileScript } from "./controller.ts";
import type { ScriptReflector, ScriptView } from "./scripts.ts";

export interface ScriptControllerOptions {
  readonly client: KubeClient;
  readonly logger: Logger;
  readonly metrics?: RuntimeMetrics;
  readonly events: Pick<EventRecorder, "record">;
  readonly scripts: ScriptReflector;
  readonly templates: TemplateReflector;
  readonly clock?: Clock;
  readonly recheckMs?: number;
}

const concurrency = 4;

/**
 * Wires what wakes a script: itself, its template as long as it is not rendered, and time where it waits for a ConfigMap.
 * Whoever finds the files of a Ready script gone wakes it with `enqueue`: they are not watched.
 */
export function createScriptController(options: ScriptControllerOptions): Controller {
  const { client, logger, metrics, events, scripts, templates } = options;
  const { clock = systemClock, recheckMs = configMapRecheckMs } = options;
  const deps = { client, events, clock, recheckMs };
  return createController({
    name: "jobscript",
    logger,
    clock,
    concurrency,
    ...(metrics === undefined ? {} : { metrics }),
    sources: [
      sourceOf({ reflector: scripts, ignore: isOldNews }),
      sourceOf({
        reflector: templates,
        ignore: isSameTemplate,
        keysFor: ({ key }) => scripts.store.lookUp("template", key),
      }),
    ],
    reconcile: async (key, context) => reconcileScript(key, deps, context),
  });
}

/** A start must not read the files of every script that was ever rendered: whoever sends them checks their digest anyway. */
const isOldNews = (change: Change<ScriptView>): boolean =>
  change.is === "added" && change.initial && change.after.isSettled;
