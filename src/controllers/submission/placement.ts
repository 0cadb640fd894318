import { z } from "zod";
import type { JobSubmission } from "../../api/v1alpha1/job-submission.ts";
import type { SlurmCluster, Tenant } from "../../api/v1alpha1/slurm-cluster.ts";
import { not, ok, type Outcome, waiting } from "../../core/problem.ts";
import { openAttempt } from "../../core/submission/attempts.ts";
import { reasons } from "../../core/submission/reasons.ts";
import { matchTenant } from "../../core/submission/tenant.ts";
import { keyOf } from "../../kube/key.ts";
import type { LiveCluster } from "../cluster/clusters.ts";
import { namespaces } from "../resources.ts";
import type { SubmissionDeps } from "./deps.ts";

export function findCluster(
  deps: Pick<SubmissionDeps, "clusters">,
  submission: JobSubmission,
): Outcome<LiveCluster> {
  const { name } = submission.spec.target.slurm;
  const found = deps.clusters.find(name);
  switch (found.is) {
    case "absent":
      return not(
        waiting(
          reasons.ClusterNotFound,
          `spec.target.slurm: there is no SlurmCluster "${name}" yet; a cluster admin can create it, and the submission goes on when it is there`,
        ),
      );
    case "unavailable":
      return not(found.problem);
    case "live":
      return isLeaving(found.cluster) && openAttempt(submission.status) === undefined
        ? not(
            waiting(
              reasons.ClusterNotReady,
              `SlurmCluster "${name}" is being deleted and takes no new jobs; it goes when no live submission names it. Cancel this one, or, if it shall run on a cluster of that name that is created later, delete it and create it then`,
            ),
          )
        : ok(found.cluster);
  }
}

/** Jobs that are there, or may be, go on to their end. */
const isLeaving = ({ object }: LiveCluster): boolean => object.metadata.deletionTimestamp !== undefined;

const namespaceLabels = z.object({
  metadata: z.object({ labels: z.record(z.string(), z.string()).default({}) }),
});

/** Labels are read only where a tenant selects by them. */
export async function findTenant(
  deps: Pick<SubmissionDeps, "client">,
  placed: { cluster: SlurmCluster; namespace: string },
  signal: AbortSignal,
): Promise<Outcome<Tenant>> {
  const { cluster, namespace } = placed;
  const selects = (cluster.spec.tenants ?? []).some((tenant) => tenant.namespaceSelector !== undefined);
  if (!selects) return matchTenant(cluster, { name: namespace, labels: {} });
  const found = await deps.client.get(namespaces, keyOf({ name: namespace }), namespaceLabels, { signal });
  return matchTenant(cluster, { name: namespace, labels: found.metadata.labels });
}
