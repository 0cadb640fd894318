import type { KubeClient } from "../../kube/client.ts";
import { type Controller, createController } from "../../runtime/controller.ts";
import type { EventRecorder } from "../../runtime/event-recorder.ts";
import type { Logger } from "../../runtime/logger.ts";
import type { RuntimeMetrics } from "../../runtime/metrics.ts";
import { sourceOf } from "../../runtime/source.ts";
import type { SubmissionReflector } from "../submission/submissions.ts";
import { expire } from "./controller.ts";
import type { ExpiringReflector } from "./expired-submissions.ts";

export interface ExpiryControllerOptions {
  readonly client: KubeClient;
  readonly logger: Logger;
  readonly metrics: RuntimeMetrics;
  readonly events: Pick<EventRecorder, "record">;
  readonly expiring: ExpiringReflector;
  readonly submissions: SubmissionReflector;
}

/** There is always time: nobody waits for a record to go. */
const concurrency = 2;

export function createExpiryController(options: ExpiryControllerOptions): Controller {
  return createController({
    name: "expiry",
    logger: options.logger,
    metrics: options.metrics,
    concurrency,
    sources: [sourceOf({ reflector: options.expiring, keysFor: ({ key }) => [key] })],
    reconcile: async (key, context) => expire(key, options, context),
  });
}
