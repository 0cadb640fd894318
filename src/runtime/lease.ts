import { z } from "zod";
import { objectMeta } from "../kube/metadata.ts";
import type { Resource } from "../kube/resource.ts";

export const leaseResource: Resource = {
  group: "coordination.k8s.io",
  version: "v1",
  plural: "leases",
  kind: "Lease",
  namespaced: true,
};

export const lease = z.object({
  metadata: objectMeta,
  spec: z
    .object({
      holderIdentity: z.string().nullish(),
      leaseDurationSeconds: z.int().nullish(),
      leaseTransitions: z.int().nullish(),
      acquireTime: z.string().nullish(),
      renewTime: z.string().nullish(),
    })
    .default({}),
});
export type Lease = z.infer<typeof lease>;

/** A lease as we saw it, and when: `at` is our own monotonic clock, for clocks of different machines are never compared. */
export interface SeenLease {
  readonly lease: Lease;
  readonly at: number;
}

/** Keeps the time of the first sight of each version: an unchanged lease ages. */
export function see(before: SeenLease | undefined, now: { lease: Lease; at: number }): SeenLease {
  const isSame = before?.lease.metadata.resourceVersion === now.lease.metadata.resourceVersion;
  return isSame ? { lease: now.lease, at: before.at } : now;
}

export type LeaseStep = "create" | "renew" | "takeOver" | "standBy";

/** What to do about the lease. Source: client-go tools/leaderelection/leaderelection.go, tryAcquireOrRenew. */
export function nextLeaseStep(seen: SeenLease | undefined, me: { identity: string; now: number }): LeaseStep {
  if (seen === undefined) return "create";
  const holder = seen.lease.spec.holderIdentity ?? "";
  if (holder === me.identity) return "renew";
  if (holder === "") return "takeOver";
  const validMs = (seen.lease.spec.leaseDurationSeconds ?? 0) * 1000;
  return me.now - seen.at < validMs ? "standBy" : "takeOver";
}
