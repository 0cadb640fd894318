import { steadyNow } from "../../backends/slurm/poll/poll-clock.ts";
import { type Login, slurmCluster, type SlurmCluster } from "../../api/v1alpha1/slurm-cluster.ts";
import { clusterReasons } from "../../core/cluster/reasons.ts";
import { clusterStatus } from "../../core/cluster/report.ts";
import { instant, type Instant } from "../../core/instant.ts";
import { type Problem, waiting } from "../../core/problem.ts";
import { ConflictError } from "../../kube/errors.ts";
import type { Key } from "../../kube/key.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import { done, requeueAfter, type Result } from "../../runtime/outcome.ts";
import { slurmClusters } from "../resources.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import { failingLogins, inquire } from "./inquiry.ts";
import { statusOf } from "./look.ts";
import type { ClusterRegistry, Entry } from "./registry.ts";
import { unansweredBy } from "./silence.ts";
import { checkWork } from "./work-check.ts";
import { type ClusterStore, storeFinalizers, storeStatus } from "./store-cluster.ts";

export interface ClusterDeps extends ConnectionOptions, ClusterStore {
  readonly registry: ClusterRegistry;
  /** How many live submissions name the cluster. */
  readonly usersOf: (name: string) => number;
}

const lookMs = 60_000;
const retryMs = 10_000;
const conflictMs = 100;

/** Keeps one cluster connected and its status true. */
export async function reconcileCluster(
  key: Key,
  deps: ClusterDeps,
  context: ReconcileContext,
): Promise<Result> {
  const found = await deps.client.find(slurmClusters, key, slurmCluster, { signal: context.signal });
  if (found === undefined) {
    await forget(deps, key);
    return done;
  }
  try {
    if (found.metadata.deletionTimestamp !== undefined && deps.usersOf(key) === 0) {
      await forget(deps, key);
      await storeFinalizers(deps, found, { held: false, signal: context.signal });
      return done;
    }
    const cluster =
      found.metadata.deletionTimestamp === undefined
        ? await storeFinalizers(deps, found, { held: true, signal: context.signal })
        : found;
    return await connect(cluster, deps, context.signal);
  } catch (error) {
    if (error instanceof ConflictError) return requeueAfter(conflictMs);
    throw error;
  }
}

async function forget({ registry }: ClusterDeps, name: string): Promise<void> {
  const entry = registry.get(name);
  registry.remove(name);
  await entry?.connection[Symbol.asyncDispose]();
}

async function connect(cluster: SlurmCluster, deps: ClusterDeps, signal: AbortSignal): Promise<Result> {
  const { name } = cluster.metadata;
  const before = await entryFor(cluster, deps);
  const { connection } = before;
  const now = instant(Date.now());
  const inquiry = await inquire(cluster, connection, signal);
  const isAnswered = inquiry.is === "answered";
  if (isAnswered) watchAs(inquiry.by, connection);
  const unanswered = isAnswered ? unansweredBy(cluster, connection.healths) : inquiry.problem;
  const outage = unanswered?.reason === clusterReasons.Connecting ? undefined : unanswered;
  const facts = isAnswered ? inquiry.facts : before.facts;
  const failing = failingLogins(cluster, connection);
  deps.registry.put(name, withOutage({ ...before, object: cluster, facts, failing }, outage));
  const hampered = isAnswered ? await checkWork(cluster, connection, { install: deps.install, signal }) : [];
  const status = clusterStatus(cluster, {
    facts: isAnswered ? statusOf(inquiry.facts) : {},
    hindrance: outage ?? inUse(cluster, deps),
    unanswered,
    failing,
    hampered,
    lastGoodPoll: lastGoodPoll(connection),
    now,
  });
  await storeStatus(deps, cluster, { status, signal });
  return requeueAfter(outage === undefined && hampered.length === 0 ? lookMs : retryMs);
}

/** An outage that goes on keeps the time at which it began. */
function withOutage(entry: Entry, outage: Problem | undefined): Entry {
  return {
    ...entry,
    hindrance: outage,
    downSince: outage === undefined ? undefined : (entry.downSince ?? steadyNow()),
  };
}

/**
 * Who answers for the cluster looks at the queue as well, be there a submission of his or not: that is what Reachable tells. So does who was asked in
 * vain, so that his recovery is seen. Slurm has told its name now: another cluster's queue must never be taken for this one's.
 */
function watchAs({ user }: Login, connection: Connection): void {
  for (const watcher of [user, ...connection.triedInVain.keys()]) connection.pollerOf(watcher);
}

function lastGoodPoll({ healths }: Connection): Instant | undefined {
  return healths
    .flatMap(([, { lastGood }]) => (lastGood === undefined ? [] : [lastGood.at]))
    .reduce<Instant | undefined>((last, at) => (last === undefined || at > last ? at : last), undefined);
}

/** A changed spec needs new connections; what was open is closed first, so that one login has one session. */
async function entryFor(cluster: SlurmCluster, deps: ClusterDeps): Promise<Entry> {
  const { name } = cluster.metadata;
  const { ssh, workDirectory, binDirectory, observer, polling } = cluster.spec;
  const madeFrom = JSON.stringify({
    uid: cluster.metadata.uid,
    ssh,
    workDirectory,
    binDirectory,
    observer,
    polling,
  });
  const present = deps.registry.get(name);
  if (present?.madeFrom === madeFrom) {
    await present.connection.follow(cluster);
    return present;
  }
  await forget(deps, name);
  const entry: Entry = {
    object: cluster,
    connection: new Connection(cluster, deps),
    madeFrom,
    facts: undefined,
    failing: [],
    hindrance: undefined,
    downSince: undefined,
  };
  deps.registry.put(name, entry);
  return entry;
}

function inUse(cluster: SlurmCluster, { usersOf }: ClusterDeps): Problem | undefined {
  if (cluster.metadata.deletionTimestamp === undefined) return undefined;
  const { name } = cluster.metadata;
  return waiting(
    clusterReasons.InUse,
    `${usersOf(name)} live submissions name it; it goes when they are over, and takes no new jobs. A deletion cannot be taken back; to keep the cluster, create it again when it is gone. kubectl get jsub -A --field-selector spec.target.slurm.name=${name},status.finished!=true`,
  );
}
