import type { Login, SlurmCluster } from "../../api/v1alpha1/slurm-cluster.ts";
import type { Call, ClusterPoller, SlurmLogin } from "../../backends/slurm/backend.ts";
import type { Instant } from "../../core/instant.ts";
import type { Problem } from "../../core/problem.ts";
import type { Partition } from "../../core/submission/partitions.ts";

/** A cluster that has been reached and recognised, with everything open that submissions need. */
export interface LiveCluster {
  readonly object: SlurmCluster;
  /** Slurm's own ClusterName. */
  readonly slurmName: string;
  /** The poller that shows the jobs of `user`; it is started when first asked for. */
  pollerOf(user: string): FoundPoller;
  readonly partitions: readonly Partition[];
  /** Opens the login's session, or hands out the one that is open. @throws LoginError when its credentials are not to be had */
  login(login: Login, call: Call): Promise<SlurmLogin>;
}

/** The login's Secret is missing or holds no key. Waiting: an admin can put it there. */
export class LoginError extends Error {
  override readonly name = "LoginError";
}

export type FoundPoller =
  | { readonly is: "watching"; readonly poller: ClusterPoller }
  /** Nothing is known of the login's jobs now. `since`: by our clock, where this process has seen it begin. */
  | { readonly is: "unavailable"; readonly problem: Problem; readonly since: Instant | undefined };

export type FoundCluster =
  | { readonly is: "absent" }
  | {
      readonly is: "unavailable";
      readonly problem: Problem;
      /** `steadyNow`; undefined while it is being connected to. */ readonly since: Instant | undefined;
    }
  | { readonly is: "live"; readonly cluster: LiveCluster };

/** What has become different about a cluster, for those who wait for it or have jobs there. */
export type ClusterChange =
  /** It became live, or is no more; or its object says something else. */
  | { readonly is: "whole" }
  /** These logins began to fail, or are answered again. Nobody else need look. */
  | { readonly is: "logins"; readonly users: ReadonlySet<string>; readonly object: SlurmCluster };

/** What the submission controller sees of the clusters. */
export interface Clusters {
  find(name: string): FoundCluster;
  /** @returns unsubscribe */
  subscribe(changed: (name: string, change: ClusterChange) => void): () => void;
}
