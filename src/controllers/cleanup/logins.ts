import type { Login, SlurmCluster, SlurmClusterSpec } from "../../api/v1alpha1/slurm-cluster.ts";
import { installDirectory } from "../../backends/slurm/login/place.ts";
import { loginsOf } from "../../core/cluster/logins.ts";

/** A login of a cluster and the directory that its tokens are in. */
export interface LoginDirectory {
  readonly login: Login;
  readonly directory: string;
}

/** Each user once, in the order of the tenants. The observer too: jobs that a former tenant sent with its login are followed with it. */
export function loginDirectories(spec: SlurmClusterSpec, install: string): readonly LoginDirectory[] {
  return loginsOf(spec).map((login) => ({
    login,
    directory: installDirectory({ workDirectory: spec.workDirectory, install, user: login.user }),
  }));
}

/**
 * Whether a directory can only be of this SlurmCluster, by its path alone: two clusters of one site often share their homes.
 * `others` has undefined for a cluster that has not been looked at yet, and that might be anywhere.
 */
export function isAlone(
  directory: string,
  others: readonly (SlurmCluster | undefined)[],
  install: string,
): boolean {
  return others.every(
    (other) =>
      other !== undefined &&
      loginDirectories(other.spec, install).every((theirs) => theirs.directory !== directory),
  );
}
