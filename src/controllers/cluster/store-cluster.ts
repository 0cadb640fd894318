import { apiVersion, finalizers } from "../../api/group.ts";
import { slurmCluster, type SlurmCluster } from "../../api/v1alpha1/slurm-cluster.ts";
import type { SlurmClusterStatus } from "../../api/v1alpha1/slurm-cluster-status.ts";
import { clusterReasons } from "../../core/cluster/reasons.ts";
import { isNewReason } from "../../core/cluster/report.ts";
import { conditionOf } from "../../core/status/conditions.ts";
import { mergePatch } from "../../core/status/merge-patch.ts";
import type { KubeClient } from "../../kube/client.ts";
import { keyOf } from "../../kube/key.ts";
import type { EventRecorder } from "../../runtime/event-recorder.ts";
import { slurmClusters } from "../resources.ts";

const fieldManager = "batchwright-clusters";

export interface ClusterStore {
  readonly client: KubeClient;
  readonly events: Pick<EventRecorder, "record">;
}

/** Writes the status if it says anything new, and tells of it when a condition has another reason. */
export async function storeStatus(
  store: ClusterStore,
  cluster: SlurmCluster,
  change: { status: SlurmClusterStatus; signal: AbortSignal },
): Promise<SlurmCluster> {
  const merge = mergePatch(cluster.status, change.status);
  if (merge === undefined) return cluster;
  const { name, uid, resourceVersion } = cluster.metadata;
  const stored = await store.client.patchStatus(
    slurmClusters,
    keyOf({ name }),
    { merge: { status: merge }, resourceVersion, fieldManager, signal: change.signal },
    slurmCluster,
  );
  // A cluster that cannot be reached is not ready for the same reason: said once.
  const told = new Set<string>([clusterReasons.Connecting]);
  for (const type of ["Ready", "Reachable"] as const) {
    const condition = conditionOf(change.status.conditions, type);
    if (condition === undefined || told.has(condition.reason)) continue;
    if (!isNewReason(cluster.status, change.status, type)) continue;
    told.add(condition.reason);
    store.events.record({
      regarding: { apiVersion, kind: "SlurmCluster", name, uid },
      type:
        condition.status === "False" || condition.reason === clusterReasons.LoginsFailing
          ? "Warning"
          : "Normal",
      reason: condition.reason,
      action: "Connect",
      note: condition.message,
    });
  }
  return stored;
}

/** With it the object stays until no live submission names it: without the object nobody could follow or cancel their jobs. */
export async function storeFinalizers(
  store: ClusterStore,
  cluster: SlurmCluster,
  change: { held: boolean; signal: AbortSignal },
): Promise<SlurmCluster> {
  const { name, resourceVersion, finalizers: present } = cluster.metadata;
  if (present.includes(finalizers.cluster) === change.held) return cluster;
  const others = present.filter((other) => other !== finalizers.cluster);
  const merge = { metadata: { finalizers: change.held ? [...others, finalizers.cluster] : others } };
  return store.client.mergePatch(
    slurmClusters,
    keyOf({ name }),
    { merge, resourceVersion, fieldManager, signal: change.signal },
    slurmCluster,
  );
}
