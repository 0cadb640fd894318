import type { KubeClient } from "../../kube/client.ts";
import type { Logger } from "../../runtime/logger.ts";
import type { RuntimeMetrics } from "../../runtime/metrics.ts";
import { Reflector } from "../../runtime/reflector.ts";
import type { Change } from "../../runtime/store.ts";
import { jobTemplates } from "../resources.ts";

/** What is kept of a template: enough to see that its spec changed. */
export interface TemplateView {
  readonly uid: string;
  readonly generation: number | undefined;
}

export type TemplateReflector = Reflector<TemplateView>;

export const reflectTemplates = (options: {
  client: KubeClient;
  logger: Logger;
  metrics?: RuntimeMetrics;
  /** Only this one; all when absent. */
  namespace?: string;
}): TemplateReflector =>
  new Reflector({
    ...options,
    resource: jobTemplates,
    project: ({ metadata }): TemplateView => ({ uid: metadata.uid, generation: metadata.generation }),
  });

/** Status, labels and annotations say nothing that anybody renders. */
export const isSameTemplate = (change: Change<TemplateView>): boolean =>
  change.is === "updated" &&
  change.before.uid === change.after.uid &&
  change.before.generation === change.after.generation;
