import type { KubeClient } from "../../kube/client.ts";
import type { Logger } from "../../runtime/logger.ts";
import type { RuntimeMetrics } from "../../runtime/metrics.ts";
import { Reflector } from "../../runtime/reflector.ts";
import { jobSubmissions } from "../resources.ts";

/** Nothing is kept but the key. */
export type ExpiringReflector = Reflector<true>;

/**
 * Watches what is finished and is to go by itself, by two selectable fields: what is kept for good costs nothing here either, however much of it there is.
 */
export function reflectExpiring(options: {
  client: KubeClient;
  logger: Logger;
  metrics: RuntimeMetrics;
}): ExpiringReflector {
  return new Reflector({
    ...options,
    resource: jobSubmissions,
    name: "jobsubmissions-expiring",
    fieldSelector: "status.finished=true,spec.ttlSecondsAfterFinished!=",
    project: () => true as const,
  });
}
