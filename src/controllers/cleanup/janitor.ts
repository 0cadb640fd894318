import { apiVersion } from "../../api/group.ts";
import type { SlurmCluster } from "../../api/v1alpha1/slurm-cluster.ts";
import { clusterReasons } from "../../core/cluster/reasons.ts";
import type { Token } from "../../core/slurm/token.ts";
import { type Clock, sleep, systemClock } from "../../runtime/clock.ts";
import type { EventRecorder } from "../../runtime/event-recorder.ts";
import type { Service } from "../../runtime/lifecycle.ts";
import type { Logger } from "../../runtime/logger.ts";
import type { LiveCluster } from "../cluster/clusters.ts";
import type { KubeClient } from "../../kube/client.ts";
import type { ClusterRegistry } from "../cluster/registry.ts";
import { Dependencies } from "./dependencies.ts";
import { liveTokens, type LiveSubmissions, unreadableText } from "./live.ts";
import { isAlone, type LoginDirectory, loginDirectories } from "./logins.ts";
import type { CleanupMetrics } from "./metrics.ts";
import { type Visit, visitLogin } from "./visit.ts";

export interface JanitorOptions {
  readonly client: Pick<KubeClient, "find">;
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
/**
 * For one login. After the first nothing more is begun, and what is left comes in the next round. The second leaves time for what was begun
 * at the last moment: a removal may wait some minutes for puts, and take six of its own. It is for what hangs.
 */
const visitMs = { begins: 600_000, ends: 1_800_000 };

/** Removes job directories that are over and as old as their SlurmCluster says, one login at a time. Nothing that fails here concerns a job or a condition. */
export function createJanitor(options: JanitorOptions): Service {
  return new Janitor(options);
}

class Janitor implements Service {
  readonly name = "janitor";
  readonly #options: JanitorOptions;
  readonly #clock: Clock;
  readonly #dependencies: Dependencies;
  /** Where the next round goes on, by cluster and directory. */
  #cursors = new Map<string, Token>();
  /** What was last told of a login that fails: said once, until it works or fails otherwise. */
  #failures = new Map<string, string>();
  /** The same of submissions that cannot be read. */
  #unreadable: string | undefined;

  constructor(options: JanitorOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#dependencies = new Dependencies({ ...options, clock: this.#clock });
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
    for (const name of this.#options.clusterNames()) {
      if (signal.aborted) return;
      try {
        await this.#clean(name, signal);
      } catch (error) {
        // A fault of our own, here of all places, must not end the operator.
        this.#options.logger.error({ err: error, cluster: name }, "job directories were not gone through");
      }
    }
    this.#dropGone();
  }

  /** Of clusters and logins that are no more. One that is only not reached, or not looked at yet, goes on where it was. */
  #dropGone(): void {
    const { clusters, clusterNames, install } = this.#options;
    const known = new Map(
      [...clusterNames()].map((name) => {
        const spec = clusters.get(name)?.object.spec;
        return [name, spec && new Set(loginDirectories(spec, install).map((at) => keyAt(name, at)))] as const;
      }),
    );
    const isThere = ([key]: readonly [string, unknown]): boolean => {
      const name = clusterOf(key);
      return known.has(name) && known.get(name)?.has(key) !== false;
    };
    this.#cursors = new Map([...this.#cursors].filter(isThere));
    this.#failures = new Map([...this.#failures].filter(isThere));
  }

  async #clean(name: string, signal: AbortSignal): Promise<void> {
    const object = this.#cleanable(name)?.object;
    if (object === undefined || this.#isBlind(name)) return;
    const gone = { removed: 0, unclear: 0 };
    for (const at of loginDirectories(object.spec, this.#options.install)) {
      if (signal.aborted) break;
      const { removed, unclear } = await this.#visit(name, { ...at, key: keyAt(name, at) }, signal);
      gone.removed += removed;
      gone.unclear += unclear;
    }
    if (gone.removed + gone.unclear > 0) this.#tell(object, gone);
  }

  /** What an unreadable submission needs is not known, and it may be any directory. Somebody must hear of it: disks fill up meanwhile. */
  #isBlind(name: string): boolean {
    const { submissions, metrics, logger } = this.#options;
    const text = unreadableText(submissions);
    if (text !== undefined) {
      metrics.failed(name);
      if (text !== this.#unreadable) logger.warn(`no job directories are removed: ${text}`);
    }
    this.#unreadable = text;
    return text !== undefined;
  }

  /** Never throws. */
  async #visit(name: string, at: LoginDirectory & { key: string }, signal: AbortSignal): Promise<Gone> {
    const { metrics, logger } = this.#options;
    const log = logger.child({ cluster: name, user: at.login.user });
    const limited = AbortSignal.any([signal, AbortSignal.timeout(visitMs.ends)]);
    const gone = { removed: 0, unclear: 0 };
    try {
      const cluster = this.#cleanable(name);
      if (cluster === undefined) return gone;
      const visit: Visit = {
        login: await cluster.login(at.login, { signal: limited }),
        poller: queueOf(cluster, at.login.user),
        directory: at.directory,
        after: this.#cursors.get(at.key),
        until: AbortSignal.timeout(visitMs.begins),
        standing: () => this.#standing(name, at.directory),
        needed: async (call) => this.#dependencies.judge(call.signal),
        tell: (outcome, token) => {
          metrics.directory(name, outcome);
          if (outcome === "Removed") gone.removed += 1;
          if (outcome === "Unclear") gone.unclear += 1;
          // What was removed must be found again by whoever asks for it.
          const isTold = outcome === "Removed" || outcome === "Unclear";
          log[isTold ? "info" : "debug"](
            { attempt: token, outcome },
            "a job directory is old enough to be removed",
          );
        },
      };
      const next = await visitLogin(visit, { signal: limited });
      if (next === undefined) this.#cursors.delete(at.key);
      else this.#cursors.set(at.key, next);
      this.#failures.delete(at.key);
    } catch (error) {
      if (!signal.aborted) this.#fail(name, { key: at.key, error, log, gone });
    }
    if (gone.removed + gone.unclear > 0) log.info(gone, "job directories are removed");
    return gone;
  }

  #fail(name: string, failure: { key: string; error: unknown; log: Logger; gone: Gone }): void {
    const { key, error, log, gone } = failure;
    this.#options.metrics.failed(name);
    const text = String(error);
    if (this.#failures.get(key) !== text)
      log.warn(
        { err: error, ...gone },
        gone.removed + gone.unclear > 0
          ? "job directories were not gone through to the end: some are gone or may be, the others are kept and looked at again"
          : "job directories could not be gone through; they are kept and looked at again",
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

  #tell({ metadata, spec }: SlurmCluster, { removed, unclear }: Gone): void {
    const count = unclear === 0 ? `${removed}` : `${removed} to ${removed + unclear}`;
    this.#options.events.record({
      regarding: { apiVersion, kind: "SlurmCluster", name: metadata.name, uid: metadata.uid },
      type: "Normal",
      reason: clusterReasons.JobDirectoriesRemoved,
      action: "Cleanup",
      note: `removed ${count} job ${count === "1" ? "directory" : "directories"} over for at least ${inWords(spec.cleanup?.retentionSeconds ?? 0)} (spec.cleanup.retentionSeconds)`,
    });
  }
}

const daySeconds = 86_400;
const inWords = (seconds: number): string =>
  seconds % daySeconds === 0 ? `${seconds / daySeconds} days` : `${seconds} s`;

/** What a visit came to: `unclear` ones may be gone, too. */
interface Gone {
  readonly removed: number;
  readonly unclear: number;
}

const keyAt = (cluster: string, { directory }: LoginDirectory): string => `${cluster} ${directory}`;
const clusterOf = (key: string): string => key.slice(0, key.indexOf(" "));

/** Its poller is asked for only when there is something to remove: without an observer, a login with nothing on the cluster need not look at the queue. */
const queueOf = (cluster: LiveCluster, user: string): Visit["poller"] => ({
  begunAfter: async (moment, call) => {
    const watch = cluster.pollerOf(user);
    if (watch.is === "unavailable") throw new Error(watch.problem.message);
    return watch.poller.begunAfter(moment, call);
  },
});
