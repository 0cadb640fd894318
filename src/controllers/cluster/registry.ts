import type { SlurmCluster } from "../../api/v1alpha1/slurm-cluster.ts";
import type { ClusterFacts } from "../../backends/slurm/cluster/cluster-facts.ts";
import type { Instant } from "../../core/instant.ts";
import { type Problem, waiting } from "../../core/problem.ts";
import { clusterReasons } from "../../core/cluster/reasons.ts";
import { reasons } from "../../core/submission/reasons.ts";
import type { Clusters, FoundCluster } from "./clusters.ts";
import type { Connection } from "./connection.ts";

/** One cluster as this process knows it. */
export interface Entry {
  readonly object: SlurmCluster;
  readonly connection: Connection;
  /** What the connection was made from; another needs another connection. */
  readonly madeFrom: string;
  readonly facts: ClusterFacts | undefined;
  /** What keeps submissions from being sent there. */
  readonly hindrance: Problem | undefined;
  /** Since when there has been a hindrance. */
  readonly downSince: Instant | undefined;
}

/** The clusters that are open in this process. The cluster controller writes, the submission controller reads. */
export class ClusterRegistry implements Clusters {
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<(name: string) => void>();
  readonly #exists: (name: string) => boolean;

  /** `exists`: whether there is such an object, also before this process has looked at it. */
  constructor(exists: (name: string) => boolean) {
    this.#exists = exists;
  }

  get(name: string): Entry | undefined {
    return this.#entries.get(name);
  }

  put(name: string, entry: Entry): void {
    const before = {
      is: this.find(name).is,
      generation: this.#entries.get(name)?.object.metadata.generation,
    };
    this.#entries.set(name, entry);
    // A new generation may have the tenant or the limit that somebody waits for.
    const isNews = before.is !== this.find(name).is || before.generation !== entry.object.metadata.generation;
    if (isNews) this.#tell(name);
  }

  remove(name: string): void {
    if (this.#entries.delete(name)) this.#tell(name);
  }

  find(name: string): FoundCluster {
    const entry = this.#entries.get(name);
    if (entry === undefined)
      // After a start nothing is looked at yet, and an object that is there must not be called missing: missing may end in a refusal.
      return this.#exists(name)
        ? { is: "unavailable", problem: beingConnected(name), since: undefined }
        : { is: "absent" };
    const { object, connection, facts, hindrance, downSince } = entry;
    const { poller } = connection;
    if (hindrance !== undefined)
      return { is: "unavailable", problem: asSeenBySubmission(name, hindrance), since: downSince };
    if (facts === undefined || poller === undefined) {
      return { is: "unavailable", problem: beingConnected(name), since: undefined };
    }
    return {
      is: "live",
      cluster: {
        object,
        slurmName: facts.clusterName,
        poller,
        login: async (login, call) => connection.login(login, call),
      },
    };
  }

  subscribe(changed: (name: string) => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  async close(): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map(async ({ connection }) => connection[Symbol.asyncDispose]()));
  }

  #tell(name: string): void {
    for (const listener of this.#listeners) listener(name);
  }
}

const beingConnected = (name: string): Problem =>
  waiting(reasons.ClusterNotReady, `SlurmCluster "${name}" is being connected to`);

/** Whatever ails a cluster, a submission waits: the cluster may come right, and the submission with it. */
function asSeenBySubmission(name: string, { reason, message }: Problem): Problem {
  const isIdentity = reason === clusterReasons.ClusterIdentityChanged;
  return waiting(
    isIdentity ? reasons.ClusterIdentityChanged : reasons.ClusterNotReady,
    `SlurmCluster "${name}" is not ready: ${message}`,
  );
}
