import type { SlurmCluster } from "../../api/v1alpha1/slurm-cluster.ts";
import type { ClusterFacts } from "../../backends/slurm/cluster/cluster-facts.ts";
import type { Instant } from "../../core/instant.ts";
import type { LoginFailure } from "../../core/cluster/login-failure.ts";
import { loginsOf } from "../../core/cluster/logins.ts";
import { type Problem, waiting } from "../../core/problem.ts";
import { clusterReasons } from "../../core/cluster/reasons.ts";
import { loginChanged } from "../../core/submission/login-changed.ts";
import { reasons } from "../../core/submission/reasons.ts";
import type { ClusterChange, Clusters, FoundCluster, FoundPoller } from "./clusters.ts";
import type { Connection } from "./connection.ts";
import { silenceOf } from "./silence.ts";

/** One cluster as this process knows it. */
export interface Entry {
  readonly object: SlurmCluster;
  readonly connection: Connection;
  /** What the connection was made from; another needs another connection. */
  readonly madeFrom: string;
  readonly facts: ClusterFacts | undefined;
  /** Logins whose submissions wait, where each login looks for itself. */
  readonly failing: readonly LoginFailure[];
  /** What keeps submissions from being sent there. */
  readonly hindrance: Problem | undefined;
  /** Since when there has been a hindrance. */
  readonly downSince: Instant | undefined;
}

/** The clusters that are open in this process. The cluster controller writes, the submission controller reads. */
export class ClusterRegistry implements Clusters {
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<(name: string, change: ClusterChange) => void>();
  readonly #exists: (name: string) => boolean;

  /** `exists`: whether there is such an object, also before this process has looked at it. */
  constructor(exists: (name: string) => boolean) {
    this.#exists = exists;
  }

  get(name: string): Entry | undefined {
    return this.#entries.get(name);
  }

  put(name: string, entry: Entry): void {
    const before = this.#standingOf(name);
    const failed = this.#failingOn(name);
    this.#entries.set(name, entry);
    if (before !== this.#standingOf(name)) return this.#tell(name, { is: "whole" });
    const users = inOneOf(failed, this.#failingOn(name));
    if (users.size > 0) this.#tell(name, { is: "logins", users, object: entry.object });
  }

  remove(name: string): void {
    if (this.#entries.delete(name)) this.#tell(name, { is: "whole" });
  }

  find(name: string): FoundCluster {
    const entry = this.#entries.get(name);
    if (entry === undefined)
      // After a start nothing is looked at yet, and an object that is there must not be called missing: missing may end in a refusal.
      return this.#exists(name)
        ? { is: "unavailable", problem: beingConnected(name), since: undefined }
        : { is: "absent" };
    const { object, connection, facts, hindrance, downSince } = entry;
    if (hindrance !== undefined)
      return { is: "unavailable", problem: asSeenBySubmission(name, hindrance), since: downSince };
    if (facts === undefined) {
      return { is: "unavailable", problem: beingConnected(name), since: undefined };
    }
    return {
      is: "live",
      cluster: {
        object,
        slurmName: facts.clusterName,
        pollerOf: (user) => pollerOf(entry, user),
        partitions: facts.partitions,
        login: async (login, call) => connection.login(login, call),
      },
    };
  }

  subscribe(changed: (name: string, change: ClusterChange) => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  async close(): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map(async ({ connection }) => connection[Symbol.asyncDispose]()));
  }

  /** What every submission there is woken for. A new generation may have the tenant or the limit that somebody waits for. */
  #standingOf(name: string): string {
    return JSON.stringify([this.find(name).is, this.#entries.get(name)?.object.metadata.generation]);
  }

  #failingOn(name: string): ReadonlySet<string> {
    return new Set(this.#entries.get(name)?.failing.map(({ user }) => user));
  }

  #tell(name: string, change: ClusterChange): void {
    for (const listener of this.#listeners) listener(name, change);
  }
}

const inOneOf = <T>(left: ReadonlySet<T>, right: ReadonlySet<T>): ReadonlySet<T> =>
  new Set([...[...left].filter((one) => !right.has(one)), ...[...right].filter((one) => !left.has(one))]);

/** One login that fails keeps its own submissions waiting and nobody else's. The observer's silence is the cluster's: its hindrance says it. */
function pollerOf({ object, connection }: Entry, user: string): FoundPoller {
  const { name } = object.metadata;
  const poller = connection.pollerOf(user);
  if (poller === undefined) {
    const isThere = loginsOf(object.spec).some((login) => login.user === user);
    const problem = isThere ? beingConnected(name) : loginChanged(name, user);
    return { is: "unavailable", problem, since: undefined };
  }
  const silence = object.spec.observer === undefined ? silenceOf(object, poller.health) : undefined;
  if (silence === undefined) return { is: "watching", poller };
  const message = `login ${user} of SlurmCluster "${name}" is not answered: ${silence.message}`;
  return {
    is: "unavailable",
    problem: waiting(reasons.LoginFailed, message),
    since: poller.health.failing?.since,
  };
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
