import type { SlurmCluster } from "../../api/v1alpha1/slurm-cluster.ts";
import type { SlurmClusterStatus } from "../../api/v1alpha1/slurm-cluster-status.ts";
import type { Instant } from "../instant.ts";
import { type Problem, waiting } from "../problem.ts";
import { type LoginFailure, nameFailures } from "./login-failure.ts";
import { tenantLogins } from "./logins.ts";
import { type Claim, conditionOf, nextConditions } from "../status/conditions.ts";
import { fromTime, toTime } from "../status/time.ts";
import { clusterReasons } from "./reasons.ts";

/** What is known of the cluster now. Facts that could not be read anew are left as they are: an outage makes nothing false. */
export interface ClusterSight {
  readonly facts: Partial<SlurmClusterStatus>;
  /** What keeps submissions from being sent. */
  readonly hindrance: Problem | undefined;
  /** Why the last look at the queue was not answered; undefined when it was, be it for one login of several. */
  readonly unanswered: Problem | undefined;
  /** Logins that are not answered, where each looks for itself: their submissions wait, the others' go on. */
  readonly failing: readonly LoginFailure[];
  /** Logins that are answered and cannot keep job directories: nothing of theirs can be sent. */
  readonly hampered: readonly LoginFailure[];
  readonly lastGoodPoll: Instant | undefined;
  readonly now: Instant;
}

/** How old the stored time of the last look may grow while nothing else changes: a status is no clock. */
const staleMs = 60_000;

export function clusterStatus(cluster: SlurmCluster, sight: ClusterSight): SlurmClusterStatus {
  const { metadata, status } = cluster;
  const conditions = nextConditions(claims(cluster, sight), status.conditions ?? [], {
    generation: metadata.generation,
    now: sight.now,
  });
  const next: SlurmClusterStatus = {
    ...status,
    ...sight.facts,
    observedGeneration: metadata.generation,
    conditions,
  };
  if (sight.lastGoodPoll === undefined) return next;
  const isOnlyTime = JSON.stringify(next) === JSON.stringify(status);
  const stored = status.lastPollTime === undefined ? undefined : fromTime(status.lastPollTime);
  if (isOnlyTime && stored !== undefined && sight.lastGoodPoll - stored < staleMs) return status;
  return { ...next, lastPollTime: toTime(sight.lastGoodPoll) };
}

function claims(cluster: SlurmCluster, sight: ClusterSight): Claim[] {
  const { unanswered } = sight;
  const hindrance = sight.hindrance ?? nobodySends(cluster, sight.hampered);
  const name = sight.facts.clusterName ?? cluster.status.clusterName ?? cluster.metadata.name;
  const ready: Claim =
    hindrance === undefined
      ? {
          type: "Ready",
          status: "True",
          reason: clusterReasons.Ready,
          message: `Slurm cluster ${name} takes submissions${exceptAs([...sight.failing, ...sight.hampered])}.`,
        }
      : { type: "Ready", status: "False", reason: hindrance.reason, message: hindrance.message };
  const reachable: Claim =
    unanswered === undefined
      ? answered(sight.failing)
      : {
          type: "Reachable",
          status: unanswered.reason === clusterReasons.Connecting ? "Unknown" : "False",
          reason: unanswered.reason,
          message: unanswered.message,
        };
  // After a restart the last known answer stands until there is another.
  const stored = conditionOf(cluster.status.conditions, "Reachable");
  const kept =
    unanswered?.reason === clusterReasons.Connecting && stored !== undefined ? { ...stored } : reachable;
  return [ready, kept, ...progress(hindrance)];
}

/** A cluster to which nobody can send is not ready; what is there is followed all the same. */
function nobodySends({ spec }: SlurmCluster, hampered: readonly LoginFailure[]): Problem | undefined {
  const [first] = hampered;
  if (first === undefined || hampered.length < tenantLogins(spec).length) return undefined;
  const { problem } = first;
  return hampered.length === 1
    ? problem
    : waiting(problem.reason, `no login can send jobs: ${nameFailures(hampered)}`);
}

function answered(failing: readonly LoginFailure[]): Claim {
  return failing.length === 0
    ? {
        type: "Reachable",
        status: "True",
        reason: clusterReasons.Answered,
        message: "The last look at the queue was answered.",
      }
    : {
        type: "Reachable",
        status: "True",
        reason: clusterReasons.LoginsFailing,
        message: `The queue is answered, but not to every login. ${nameFailures(failing)}`,
      };
}

const exceptAs = (failing: readonly LoginFailure[]): string =>
  failing.length === 0 ? "" : `, but not as ${nameFailures(failing)}`;

function progress(hindrance: Problem | undefined): Claim[] {
  if (hindrance === undefined) return [];
  const { policy, reason, message } = hindrance;
  return [{ type: policy === "final" ? "Stalled" : "Reconciling", status: "True", reason, message }];
}

/** The name that Slurm gives itself is the cluster's identity: job ids mean nothing elsewhere. */
export function hasOtherIdentity(cluster: SlurmCluster, slurmName: string): boolean {
  return cluster.status.clusterName !== undefined && cluster.status.clusterName !== slurmName;
}

/** Whether a person should be told: the condition says something else than before. */
export function isNewReason(
  before: SlurmClusterStatus,
  after: SlurmClusterStatus,
  type: "Ready" | "Reachable",
): boolean {
  const old = conditionOf(before.conditions, type);
  const now = conditionOf(after.conditions, type);
  return now !== undefined && (old?.reason !== now.reason || old.status !== now.status);
}
