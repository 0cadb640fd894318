import type { Login, SlurmClusterSpec } from "../../api/v1alpha1/slurm-cluster.ts";

/** Every login that the object names: the tenants' in order, then the observer. A user may be there several times, with one Secret or with several. */
export function namedLogins({ tenants, observer }: SlurmClusterSpec): readonly Login[] {
  return [...(tenants ?? []).map(({ login }) => login), ...(observer === undefined ? [] : [observer])];
}

/** The same, each user once, with the first of his Secrets. There may be jobs of each of them. */
export function loginsOf(spec: SlurmClusterSpec): readonly Login[] {
  const named = namedLogins(spec);
  return named.filter(({ user }, at) => named.findIndex((other) => other.user === user) === at);
}

/** As whom jobs are sent, each user once, with the first of his Secrets. */
export function tenantLogins({ tenants }: Pick<SlurmClusterSpec, "tenants">): readonly Login[] {
  const logins = (tenants ?? []).map(({ login }) => login);
  return logins.filter(({ user }, at) => logins.findIndex((other) => other.user === user) === at);
}

/** Who looks at the queue and says what the cluster is: the observer for everybody, or without one each tenant's login for itself. */
export function watchersOf(spec: SlurmClusterSpec): readonly Login[] {
  return spec.observer === undefined ? loginsOf(spec) : [spec.observer];
}

/** Whose look at the queue shows the jobs of `user`; undefined when that login is in no tenant any more. */
export function watcherOf(spec: SlurmClusterSpec, user: string): Login | undefined {
  return spec.observer ?? loginsOf(spec).find((login) => login.user === user);
}

export const isSameLogin = (left: Login, right: Login): boolean =>
  left.user === right.user && left.credentialsSecretRef.name === right.credentialsSecretRef.name;
