import type { SlurmCluster } from "../../api/v1alpha1/slurm-cluster.ts";
import type { PollHealth } from "../../backends/slurm/poll/poll-health.ts";
import type { Problem } from "../../core/problem.ts";
import { problemOf } from "./look.ts";

/** One question that failed may be a moment's; two in a row are an outage. */
const failuresThatCount = 2;

export function isSilent({ failing }: PollHealth): boolean {
  return failing !== undefined && failing.failures >= failuresThatCount;
}

/** Why the queue is not answered; undefined while it is, or has not been asked. */
export function silenceOf(cluster: SlurmCluster, health: PollHealth | undefined): Problem | undefined {
  return health?.failing !== undefined && isSilent(health)
    ? problemOf(cluster, health.failing.error)
    : undefined;
}
