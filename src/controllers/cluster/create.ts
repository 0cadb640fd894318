import type { Token } from "../../core/slurm/token.ts";
import type { KubeClient } from "../../kube/client.ts";
import { keyOf } from "../../kube/key.ts";
import { type Controller, createController } from "../../runtime/controller.ts";
import type { EventRecorder } from "../../runtime/event-recorder.ts";
import type { Logger } from "../../runtime/logger.ts";
import type { RuntimeMetrics } from "../../runtime/metrics.ts";
import { Reflector } from "../../runtime/reflector.ts";
import { sourceOf } from "../../runtime/source.ts";
import { slurmClusters } from "../resources.ts";
import type { SubmissionReflector } from "../submission/submissions.ts";
import { reconcileCluster } from "./controller.ts";
import type { ClusterMetrics } from "./metrics.ts";
import { ClusterRegistry } from "./registry.ts";

export interface ClusterControllerOptions {
  readonly client: KubeClient;
  readonly logger: Logger;
  readonly metrics: RuntimeMetrics;
  readonly clusterMetrics: ClusterMetrics;
  readonly events: Pick<EventRecorder, "record">;
  /** The operator's own, where the Secrets are. */
  readonly namespace: string;
  readonly install: string;
  readonly submissions: SubmissionReflector;
}

export interface ClusterController {
  readonly controller: Controller;
  readonly reflector: Reflector<{ generation: number | undefined; isDeleting: boolean }>;
  readonly registry: ClusterRegistry;
  /** Told which jobs changed, on whichever cluster. */
  readonly subscribeTokens: (changed: (tokens: readonly Token[]) => void) => void;
}

const concurrency = 8;

export function createClusterController(options: ClusterControllerOptions): ClusterController {
  const { client, logger, metrics, submissions } = options;
  const listeners = new Set<(tokens: readonly Token[]) => void>();
  const reflector = new Reflector({
    client,
    logger,
    metrics,
    resource: slurmClusters,
    project: ({ metadata }) => ({
      generation: metadata.generation,
      isDeleting: metadata.deletionTimestamp !== undefined,
    }),
  });
  const registry = new ClusterRegistry((name) => reflector.store.get(keyOf({ name })) !== undefined);
  const deps = {
    ...options,
    metrics: options.clusterMetrics,
    registry,
    usersOf: (name: string) => submissions.store.lookUp("cluster", name).length,
    wake: (name: string) => controller.enqueue(keyOf({ name })),
    changed: (tokens: readonly Token[]) => {
      for (const listener of listeners) listener(tokens);
    },
  };
  const controller = createController({
    name: "slurmcluster",
    logger,
    metrics,
    concurrency,
    sources: [
      // Its own status writes are no reason to look at the cluster again.
      sourceOf({
        reflector,
        ignore: (change) =>
          change.is === "updated" &&
          change.before.generation === change.after.generation &&
          change.before.isDeleting === change.after.isDeleting,
      }),
      // The last live submission is gone: a cluster that is being deleted may go.
      sourceOf({
        reflector: submissions,
        ignore: (change) => change.is !== "deleted" || !isDeleting(reflector, change.before.cluster),
        keysFor: (change) => (change.is === "deleted" ? [keyOf({ name: change.before.cluster })] : []),
      }),
    ],
    reconcile: async (key, context) => reconcileCluster(key, deps, context),
  });
  return { controller, reflector, registry, subscribeTokens: (changed) => void listeners.add(changed) };
}

function isDeleting(reflector: ClusterController["reflector"], name: string): boolean {
  return reflector.store.get(keyOf({ name }))?.isDeleting === true;
}
