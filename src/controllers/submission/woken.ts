import { mayTakeIn } from "../../core/submission/tenant.ts";
import { type Key, splitKey } from "../../kube/key.ts";
import type { ClusterChange } from "../cluster/clusters.ts";
import { sentTo, type SubmissionReflector } from "./submissions.ts";

/**
 * Whom a change of their cluster concerns. Of logins: who was sent as one of them, and who may yet be. Thousands may be live there, and looking at
 * each of them whenever one login comes or goes would keep them all from what they do.
 */
export function concernedBy(
  { store }: Pick<SubmissionReflector, "store">,
  cluster: string,
  change: ClusterChange,
): readonly Key[] {
  if (change.is === "whole") return store.lookUp("cluster", cluster);
  const { users, object } = change;
  const sent = [...users].flatMap((user) => store.lookUp("login", sentTo(cluster, user)));
  const tenants = (object.spec.tenants ?? []).filter(({ login }) => users.has(login.user));
  const unsent = store
    .lookUp("login", sentTo(cluster, undefined))
    .filter((key) => tenants.some((tenant) => mayTakeIn(tenant, splitKey(key).namespace)));
  return [...sent, ...unsent];
}
