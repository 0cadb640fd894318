import type { KubeClient } from "../../kube/client.ts";
import type { Key } from "../../kube/key.ts";
import { type Controller, createController } from "../../runtime/controller.ts";
import type { EventRecorder } from "../../runtime/event-recorder.ts";
import type { Logger } from "../../runtime/logger.ts";
import type { RuntimeMetrics } from "../../runtime/metrics.ts";
import { sourceOf } from "../../runtime/source.ts";
import type { Change } from "../../runtime/store.ts";
import { besides, type SubmissionReflector, type SubmissionView } from "../submission/submissions.ts";
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

/** What a submission waits for may go once that submission is sent, or gone. */
function awaited(change: Change<SubmissionView>, { store }: Pick<ExpiringReflector, "store">): Key[] {
  const view = change.is === "added" || change.is === "updated" ? change.after : change.before;
  return (view?.dependsOn ?? [])
    .map((name) => besides(change.key, name))
    .filter((key) => store.get(key) !== undefined);
}

/** There is always time: nobody waits for a record to go. */
const concurrency = 2;

export function createExpiryController(options: ExpiryControllerOptions): Controller {
  return createController({
    name: "expiry",
    logger: options.logger,
    metrics: options.metrics,
    concurrency,
    sources: [
      sourceOf({ reflector: options.expiring, keysFor: ({ key }) => [key] }),
      sourceOf({ reflector: options.submissions, keysFor: (change) => awaited(change, options.expiring) }),
    ],
    reconcile: async (key, context) => expire(key, options, context),
  });
}
