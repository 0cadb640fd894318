import { apiVersion } from "../../api/group.ts";
import type { SlurmCluster } from "../../api/v1alpha1/slurm-cluster.ts";
import { clusterReasons } from "../../core/cluster/reasons.ts";
import type { Token } from "../../core/slurm/token.ts";
import { type Clock, sleep, systemClock } from "../../runtime/clock.ts";
import type { EventRecorder } from "../../runtime/event-recorder.ts";
import type { Service } from "../../runtime/lifecycle.ts";
import type { Logger } from "../../runtime/logger.ts";
import type { LiveCluster } from "../cluster/clusters.ts";
import type { ClusterRegistry } from "../cluster/registry.ts";
import { liveTokens, type LiveSubmissions } from "./live.ts";
import { isAlone, type LoginDirectory, loginDirectories } from "./logins.ts";
import type { CleanupMetrics } from "./metrics.ts";
import { type Visit, visitLogin } from "./visit.ts";

export interface JanitorOptions {
  readonly logger: Logger;
  readonly events: Pick<EventRecorder, "record">;
  readonly metrics: CleanupMetrics;
  readonly clusters: Pick<ClusterRegistry, "get" | "find">;
  /** All SlurmClusters that there are, also those that have not been looked at yet. */
  readonly clusterNames: () => Iterable<string>;
  readonly submissions: LiveSubmissions;
  readonly install: string;
  /** Between two rounds; up to a tenth more, so that several operators do not come together. */
  readonly intervalMs: number;
  readonly clock?: Clock;
  /** Uniform in [0, 1). */
  readonly random?: () => number;
}

/** After a start there is more urgent work. */
const mostFirstDelayMs = 300_000;
/** For one login; what is left comes in the next round. */
const visitLimitMs = 600_000;

/** Removes job directories that are over and as old as their SlurmCluster says, one login at a time. Nothing that fails here concerns a job or a condition. */
export function createJanitor(options: JanitorOptions): Service {
  return new Janitor(options);
}

class Janitor implements Service {
  readonly name = "janitor";
  readonly #options: JanitorOptions;
  readonly #clock: Clock;
  /** Where the next round goes on, by cluster and directory. */
  #cursors = new Map<string, Token>();
  /** What was last told of a login that fails: said once, until it works or fails otherwise. */
  #failures = new Map<string, string>();

  constructor(options: JanitorOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { intervalMs, random = Math.random } = this.#options;
    const jittered = (milliseconds: number): number => milliseconds * (1 + random() / 10);
    await sleep(this.#clock, jittered(Math.min(intervalMs, mostFirstDelayMs)), signal);
    while (!signal.aborted) {
      await this.#round(signal);
      await sleep(this.#clock, jittered(intervalMs), signal);
    }
  }

  async #round(signal: AbortSignal): Promise<void> {
    const seen = new Set<string>();
    for (const name of this.#options.clusterNames()) {
      if (signal.aborted) return;
      try {
        await this.#clean(name, seen, signal);
      } catch (error) {
        // A fault of our own, here of all places, must not end the operator.
        this.#options.logger.error({ err: error, cluster: name }, "job directories were not gone through");
      }
    }
    this.#cursors = new Map([...this.#cursors].filter(([key]) => seen.has(key)));
    this.#failures = new Map([...this.#failures].filter(([key]) => seen.has(key)));
  }

  async #clean(name: string, seen: Set<string>, signal: AbortSignal): Promise<void> {
    const object = this.#cleanable(name)?.object;
    if (object === undefined) return;
    let removed = 0;
    for (const at of loginDirectories(object.spec, this.#options.install)) {
      if (signal.aborted) break;
      const key = `${name} ${at.directory}`;
      seen.add(key);
      removed += await this.#visit(name, { ...at, key }, signal);
    }
    if (removed > 0) this.#tell(object, removed);
  }

  /** Never throws. @returns how many directories are gone */
  async #visit(name: string, at: LoginDirectory & { key: string }, signal: AbortSignal): Promise<number> {
    const { metrics, logger } = this.#options;
    const log = logger.child({ cluster: name, user: at.login.user });
    const limited = AbortSignal.any([signal, AbortSignal.timeout(visitLimitMs)]);
    let removed = 0;
    try {
      const cluster = this.#cleanable(name);
      if (cluster === undefined) return 0;
      const visit: Visit = {
        login: await cluster.login(at.login, { signal: limited }),
        poller: queueOf(cluster, at.login.user),
        directory: at.directory,
        after: this.#cursors.get(at.key),
        standing: () => this.#standing(name, at.directory),
        tell: (outcome, token) => {
          metrics.directory(name, outcome);
          if (outcome === "Removed") removed += 1;
          log.debug({ attempt: token, outcome }, "a job directory is old enough to be removed");
        },
      };
      const next = await visitLogin(visit, { signal: limited });
      if (next === undefined) this.#cursors.delete(at.key);
      else this.#cursors.set(at.key, next);
      this.#failures.delete(at.key);
    } catch (error) {
      if (!signal.aborted) this.#fail(name, { key: at.key, error, log });
    }
    if (removed > 0) log.info({ removed }, "job directories are removed");
    return removed;
  }

  #fail(name: string, { key, error, log }: { key: string; error: unknown; log: Logger }): void {
    this.#options.metrics.failed(name);
    const text = String(error);
    if (this.#failures.get(key) !== text)
      log.warn(
        { err: error },
        "job directories could not be gone through; they are kept and looked at again",
      );
    this.#failures.set(key, text);
  }

  /** A cluster that is reached, recognised and to stay, and that says that directories are to go. */
  #cleanable(name: string): LiveCluster | undefined {
    const found = this.#options.clusters.find(name);
    if (found.is !== "live" || found.cluster.object.metadata.deletionTimestamp !== undefined)
      return undefined;
    return found.cluster.object.spec.cleanup === undefined ? undefined : found.cluster;
  }

  #standing(name: string, directory: string): ReturnType<Visit["standing"]> {
    const { submissions, install, clusters, clusterNames } = this.#options;
    const retentionSeconds = this.#cleanable(name)?.object.spec.cleanup?.retentionSeconds;
    const isLive = liveTokens(submissions);
    if (retentionSeconds === undefined || isLive === undefined) return undefined;
    const others = [...clusterNames()].filter((other) => other !== name);
    return {
      install,
      cluster: name,
      retentionMs: retentionSeconds * 1000,
      isAlone: isAlone(
        directory,
        others.map((other) => clusters.get(other)?.object),
        install,
      ),
      isLive,
    };
  }

  #tell({ metadata, spec }: SlurmCluster, removed: number): void {
    this.#options.events.record({
      regarding: { apiVersion, kind: "SlurmCluster", name: metadata.name, uid: metadata.uid },
      type: "Normal",
      reason: clusterReasons.JobDirectoriesRemoved,
      action: "Cleanup",
      note: `removed ${removed} job directories that were over for at least ${spec.cleanup?.retentionSeconds ?? 0} s (spec.cleanup.retentionSeconds)`,
    });
  }
}

/** Its poller is asked for only when there is something to remove: without an observer, a login with nothing on the cluster need not look at the queue. */
const queueOf = (cluster: LiveCluster, user: string): Visit["poller"] => ({
  begunAfter: async (moment, call) => {
    const watch = cluster.pollerOf(user);
    if (watch.is === "unavailable") throw new Error(watch.problem.message);
    return watch.poller.begunAfter(moment, call);
  },
});
