import { expect, test } from "vitest";
import { type Lease, lease, nextLeaseStep, see } from "../../../src/runtime/lease.ts";

function leaseOf(holderIdentity: string, resourceVersion = "1"): Lease {
  return lease.parse({
    metadata: { name: "l", uid: "u", resourceVersion, creationTimestamp: "2026-11-22T23:13:12Z" },
    spec: { holderIdentity, leaseDurationSeconds: 15 },
  });
}
const step = (holder: string, now: number) =>
  nextLeaseStep({ lease: leaseOf(holder), at: 0 }, { identity: "me", now });

test("a lease is created, renewed by its holder, and taken over when it is free", () => {
  expect(nextLeaseStep(undefined, { identity: "me", now: 0 })).toBe("create");
  expect([step("me", 99_000), step("", 0)]).toEqual(["renew", "takeOver"]);
});

test("another's lease is respected for its duration since we first saw it unchanged", () => {
  expect([step("other", 14_999), step("other", 15_000)]).toEqual(["standBy", "takeOver"]);
});

test("a renewal by the other makes the lease young again, seeing the same one does not", () => {
  const first = see(undefined, { lease: leaseOf("other", "1"), at: 100 });
  const same = see(first, { lease: leaseOf("other", "1"), at: 9_000 });
  const renewed = see(same, { lease: leaseOf("other", "2"), at: 9_500 });
  expect([first.at, same.at, renewed.at]).toEqual([100, 100, 9_500]);
});
