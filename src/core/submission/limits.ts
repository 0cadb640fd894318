import type { SlurmCluster } from "../../api/v1alpha1/slurm-cluster.ts";
import { type Problem, waiting } from "../problem.ts";
import { reasons } from "./reasons.ts";

/** What of ours is sent and not over. */
export interface InFlight {
  readonly onCluster: number;
  readonly ofUser: number;
}

/** Jobs in flight are a limit that passes by itself: waiting, never a refusal. */
export function checkLimits(cluster: SlurmCluster, user: string, inFlight: InFlight): Problem | undefined {
  const { maxJobs, maxJobsPerUser } = cluster.spec.limits ?? {};
  const { name } = cluster.metadata;
  if (maxJobs !== undefined && inFlight.onCluster >= maxJobs) {
    return waiting(
      reasons.JobLimitReached,
      `${inFlight.onCluster} submissions are on cluster "${name}", whose spec.limits.maxJobs is ${maxJobs}; sent as soon as one of them ends`,
    );
  }
  if (maxJobsPerUser !== undefined && inFlight.ofUser >= maxJobsPerUser) {
    return waiting(
      reasons.JobLimitReached,
      `${inFlight.ofUser} submissions of ${user} are on cluster "${name}", whose spec.limits.maxJobsPerUser is ${maxJobsPerUser}; sent as soon as one of them ends`,
    );
  }
  return undefined;
}
