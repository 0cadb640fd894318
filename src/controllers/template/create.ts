import type { KubeClient } from "../../kube/client.ts";
import { type Clock, systemClock } from "../../runtime/clock.ts";
import { type Controller, createController } from "../../runtime/controller.ts";
import type { EventRecorder } from "../../runtime/event-recorder.ts";
import type { Logger } from "../../runtime/logger.ts";
import type { RuntimeMetrics } from "../../runtime/metrics.ts";
import { sourceOf } from "../../runtime/source.ts";
import { configMapRecheckMs, configMapReviewMs } from "./config-map-content.ts";
import { reconcileTemplate } from "./controller.ts";
import { isSameTemplate, type TemplateReflector } from "./templates.ts";

export interface TemplateControllerOptions {
  readonly client: KubeClient;
  readonly logger: Logger;
  readonly metrics?: RuntimeMetrics;
  readonly events: Pick<EventRecorder, "record">;
  readonly templates: TemplateReflector;
  readonly clock?: Clock;
  readonly recheckMs?: number;
  readonly reviewMs?: number;
}

const concurrency = 4;

/** Wires what wakes a template: its spec, and time where it refers to ConfigMaps. */
export function createTemplateController(options: TemplateControllerOptions): Controller {
  const { client, logger, metrics, events, templates, clock = systemClock } = options;
  const { recheckMs = configMapRecheckMs, reviewMs = configMapReviewMs } = options;
  const deps = { client, events, clock, recheckMs, reviewMs };
  return createController({
    name: "jobtemplate",
    logger,
    clock,
    concurrency,
    ...(metrics === undefined ? {} : { metrics }),
    sources: [sourceOf({ reflector: templates, ignore: isSameTemplate })],
    reconcile: async (key, context) => reconcileTemplate(key, deps, context),
  });
}
