import type { SlurmCluster } from "../../api/v1alpha1/slurm-cluster.ts";
import type { PollHealth } from "../../backends/slurm/poll/poll-health.ts";
import { type LoginFailure, nobodyAnswered } from "../../core/cluster/login-failure.ts";
import { clusterReasons } from "../../core/cluster/reasons.ts";
import { type Problem, waiting } from "../../core/problem.ts";
import { problemOf } from "./trouble.ts";

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

/** How the looks of each login go that has a poller, by user name. */
export type Healths = readonly (readonly [user: string, health: PollHealth])[];

export function failuresIn(cluster: SlurmCluster, healths: Healths): readonly LoginFailure[] {
  return healths.flatMap(([user, health]) => {
    const problem = silenceOf(cluster, health);
    return problem === undefined ? [] : [{ user, problem }];
  });
}

/** Why nobody's look at the queue is answered; undefined once one login's is. */
export function unansweredBy(cluster: SlurmCluster, healths: Healths): Problem | undefined {
  const heard = healths.filter(([, health]) => !isSilent(health));
  if (heard.some(([, { lastGood }]) => lastGood !== undefined)) return undefined;
  return heard.length > 0 || healths.length === 0
    ? waiting(clusterReasons.Connecting, "The queue has not been looked at yet.")
    : nobodyAnswered(failuresIn(cluster, healths));
}
