import { expect, test } from "vitest";
import { keyOf } from "../../../src/kube/key.ts";
import { RetryLimiter } from "../../../src/runtime/retry-limiter.ts";

const a = keyOf({ name: "a" });

test("a key waits 5 ms, twice as long each time, 1000 s at most, and 5 ms again when it is forgotten", () => {
  const limiter = new RetryLimiter(0);
  // An hour apart: the shared bucket is always full.
  const delays = Array.from({ length: 20 }, (_, i) => limiter.next(a, i * 3_600_000));
  expect(delays.slice(0, 5)).toEqual([5, 10, 20, 40, 80]);
  expect(delays.slice(17)).toEqual([655_360, 1_000_000, 1_000_000]);
  expect(limiter.failures(a)).toBe(20);
  limiter.forget(a);
  expect([limiter.failures(a), limiter.next(a, 99 * 3_600_000)]).toEqual([0, 5]);
});

test("beyond a burst of 100, all keys together get 10 retries a second", () => {
  const limiter = new RetryLimiter(0);
  const next = (i: number) => limiter.next(keyOf({ name: `k${i}` }), 0);
  const delays = Array.from({ length: 103 }, (_, i) => next(i));
  expect(new Set(delays.slice(0, 100))).toEqual(new Set([5]));
  expect(delays.slice(100)).toEqual([100, 200, 300]);
  expect(limiter.next(keyOf({ name: "later" }), 1_000)).toBe(5);
});
