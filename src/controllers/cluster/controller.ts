import { slurmCluster, type SlurmCluster } from "../../api/v1alpha1/slurm-cluster.ts";
import { clusterReasons } from "../../core/cluster/reasons.ts";
import { clusterStatus } from "../../core/cluster/report.ts";
import { instant, type Instant } from "../../core/instant.ts";
import { not, type Problem, waiting } from "../../core/problem.ts";
import type { Token } from "../../core/slurm/token.ts";
import { ConflictError } from "../../kube/errors.ts";
import type { Key } from "../../kube/key.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import { done, requeueAfter, type Result } from "../../runtime/outcome.ts";
import { slurmClusters } from "../resources.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import { lookAt, statusOf } from "./look.ts";
import type { ClusterRegistry, Entry } from "./registry.ts";
import { isSilent, silenceOf } from "./silence.ts";
import { type ClusterStore, storeFinalizers, storeStatus } from "./store-cluster.ts";

export interface ClusterDeps extends ConnectionOptions, ClusterStore {
  readonly registry: ClusterRegistry;
  /** How many live submissions name the cluster. */
  readonly usersOf: (name: string) => number;
  /** Wakes the cluster's own key: its poller has news. */
  readonly wake: (name: string) => void;
  /** Told which jobs a poller saw change. */
  readonly changed: (tokens: readonly Token[]) => void;
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
  // What the cluster is asked about itself takes a minute to fail when its controller hangs; till then submissions would be sent there.
  const silence = silenceOf(cluster, connection.poller?.health);
  const look = silence === undefined ? await lookAt(cluster, connection, signal) : not(silence);
  // Slurm tells its name before the first job is asked for: another cluster's queue must never be taken for this one's.
  if (look.ok && connection.poller === undefined) watch(name, connection, deps);
  const unanswered = look.ok ? unansweredBy(cluster, connection) : look.problem;
  const outage = unanswered?.reason === clusterReasons.Connecting ? undefined : unanswered;
  const facts = look.ok ? look.value : before.facts;
  deps.registry.put(name, withOutage({ ...before, object: cluster, facts }, outage, now));
  const status = clusterStatus(cluster, {
    facts: look.ok ? statusOf(look.value) : {},
    hindrance: outage ?? inUse(cluster, deps),
    unanswered,
    lastGoodPoll: connection.poller?.health.lastGood?.begun,
    now,
  });
  await storeStatus(deps, cluster, { status, signal });
  return requeueAfter(outage === undefined ? lookMs : retryMs);
}

/** An outage that goes on keeps the time at which it began. */
function withOutage(entry: Entry, outage: Problem | undefined, now: Instant): Entry {
  return {
    ...entry,
    hindrance: outage,
    downSince: outage === undefined ? undefined : (entry.downSince ?? now),
  };
}

/** Wakes the cluster when its queue stops or starts to answer, and submissions when their jobs change. */
function watch(name: string, connection: Connection, deps: ClusterDeps): void {
  const poller = connection.watch();
  let told: boolean | undefined;
  poller.subscribeHealth(() => {
    const isFailing = isSilent(poller.health);
    if (told !== isFailing) deps.wake(name);
    told = isFailing;
  });
  poller.subscribe(deps.changed);
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
  if (present?.madeFrom === madeFrom) return present;
  await forget(deps, name);
  const entry: Entry = {
    object: cluster,
    connection: new Connection(cluster, deps),
    madeFrom,
    facts: undefined,
    hindrance: undefined,
    downSince: undefined,
  };
  deps.registry.put(name, entry);
  return entry;
}

function unansweredBy(cluster: SlurmCluster, { poller }: Connection): Problem | undefined {
  const silence = silenceOf(cluster, poller?.health);
  if (silence !== undefined) return silence;
  if (poller?.health.lastGood === undefined)
    return waiting(clusterReasons.Connecting, "The queue has not been looked at yet.");
  return undefined;
}

function inUse(cluster: SlurmCluster, { usersOf }: ClusterDeps): Problem | undefined {
  if (cluster.metadata.deletionTimestamp === undefined) return undefined;
  const { name } = cluster.metadata;
  return waiting(
    clusterReasons.InUse,
    `${usersOf(name)} live submissions name it; it goes when they are over, and takes no new jobs. A deletion cannot be taken back; to keep the cluster, create it again when it is gone. kubectl get jsub -A --field-selector spec.target.slurm.name=${name},status.finished!=true`,
  );
}
