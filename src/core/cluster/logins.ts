import type { Login, SlurmClusterSpec } from "../../api/v1alpha1/slurm-cluster.ts";

/** Every login that the object names, each user once: the tenants' in order, then the observer. Jobs may have been sent as any of them. */
export function loginsOf({ tenants, observer }: SlurmClusterSpec): readonly Login[] {
  const named = [...(tenants ?? []).map(({ login }) => login), ...(observer === undefined ? [] : [observer])];
  return named.filter(({ user }, at) => named.findIndex((other) => other.user === user) === at);
}

/** Who looks at the queue and says what the cluster is: the observer for everybody, or without one each tenant's login for itself. */
export function watchersOf(spec: SlurmClusterSpec): readonly Login[] {
  return spec.observer === undefined ? loginsOf(spec) : [spec.observer];
}

/** Whose look at the queue shows the jobs of `user`; undefined when that login is in no tenant any more. */
export function watcherOf(spec: SlurmClusterSpec, user: string): Login | undefined {
  return spec.observer ?? loginsOf(spec).find((login) => login.user === user);
}
