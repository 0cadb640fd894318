import { expect, test } from "vitest";
import { type Key, keyOf } from "../../../src/kube/key.ts";
import { noMetrics } from "../../../src/runtime/metrics.ts";
import { QueueFullError, WorkQueue } from "../../../src/runtime/work-queue.ts";
import { ManualClock, settle } from "./manual-clock.ts";

const [a, b, c] = ["a", "b", "c"].map((name) => keyOf({ name })) as [Key, Key, Key];

function queueWith(capacity?: number) {
  const clock = new ManualClock();
  const metrics = noMetrics.queue("test");
  const queue = new WorkQueue({ clock, metrics, ...(capacity === undefined ? {} : { capacity }) });
  /** What would be handed out now, or "none". */
  const taken = async (): Promise<Key | "none" | undefined> => {
    const key = queue.take();
    await settle();
    return Promise.race([key, Promise.resolve("none" as const)]);
  };
  return { clock, queue, taken };
}

test("a key that waits is not added a second time", async () => {
  const { queue } = queueWith();
  for (const key of [a, b, a]) queue.add(key);
  expect([await queue.take(), await queue.take(), queue.size]).toEqual([a, b, 0]);
});

test("a key in work is handed out again only when it is done, and only if it was added meanwhile", async () => {
  const { queue, taken } = queueWith();
  queue.add(a);
  await queue.take();
  queue.add(a);
  queue.add(a);
  expect(queue.size).toBe(0);
  queue.done(a);
  expect([await queue.take(), queue.size]).toEqual([a, 0]);
  queue.done(a);
  expect(await taken()).toBe("none");
});

test("a change goes before what is only looked at because we started, and lifts it", async () => {
  const { queue } = queueWith();
  queue.add(a, -100);
  queue.add(b, -100);
  queue.add(c, 0);
  queue.add(b, 0);
  expect([await queue.take(), await queue.take(), await queue.take()]).toEqual([c, b, a]);
});

test("whoever waits gets the next key", async () => {
  const { queue } = queueWith();
  const first = queue.take();
  const second = queue.take();
  queue.add(a);
  queue.add(b);
  expect([await first, await second]).toEqual([a, b]);
});

test("a delayed key comes when it is due, the earlier of two wishes counts, and one timer serves all", async () => {
  const { clock, queue, taken } = queueWith();
  queue.addAfter(a, 1_000);
  queue.addAfter(b, 500);
  queue.addAfter(b, 2_000);
  expect(clock.waiting).toBe(1);
  clock.advance(499);
  const first = queue.take();
  await settle();
  clock.advance(1);
  expect(await first).toBe(b);
  clock.advance(500);
  expect(await queue.take()).toBe(a);
  clock.advance(10_000);
  expect(await taken()).toBe("none");
});

test("an immediate add does not cancel a delayed one", async () => {
  const { clock, queue } = queueWith();
  queue.addAfter(a, 1_000);
  queue.add(a);
  expect(await queue.take()).toBe(a);
  queue.done(a);
  clock.advance(1_000);
  expect(await queue.take()).toBe(a);
});

test("a key that fails waits longer each time until it is forgotten", async () => {
  const { clock, queue, taken } = queueWith();
  queue.addRateLimited(a);
  clock.advance(5);
  expect(await queue.take()).toBe(a);
  queue.done(a);
  queue.addRateLimited(a);
  const next = queue.take();
  clock.advance(9);
  await settle();
  expect(queue.failures(a)).toBe(2);
  clock.advance(1);
  expect(await next).toBe(a);
  queue.done(a);
  queue.forget(a);
  expect(queue.failures(a)).toBe(0);
  expect(await taken()).toBe("none");
});

test("after the shutdown nobody waits, nothing is taken in, and no timer is left", async () => {
  const { clock, queue } = queueWith();
  const waiting = queue.take();
  queue.addAfter(a, 1_000);
  queue.shutDown();
  queue.add(b);
  queue.addAfter(b, 1);
  queue.addRateLimited(b);
  expect([await waiting, await queue.take(), queue.size, clock.waiting]).toEqual([
    undefined,
    undefined,
    0,
    0,
  ]);
});

test("a full queue refuses new keys aloud and still merges known ones", async () => {
  const { queue } = queueWith(2);
  queue.add(a);
  queue.addAfter(b, 1_000);
  expect(() => queue.add(c)).toThrow(QueueFullError);
  expect(() => queue.addAfter(c, 5)).toThrow("the queue holds 2 keys; c does not fit");
  queue.add(a);
  queue.addAfter(b, 500);
  expect(queue.hasRoom).toBe(false);
  await queue.take();
  queue.add(c);
  expect(queue.size).toBe(2);
});

test("a delayed key whose time comes while the queue is full is not lost", async () => {
  const { clock, queue } = queueWith(2);
  queue.addAfter(a, 10);
  queue.add(b);
  clock.advance(10);
  expect([await queue.take(), await queue.take()]).toEqual([b, a]);
});

test("what is in work can be seen: how much and for how long", async () => {
  const { clock, queue } = queueWith();
  queue.add(a);
  queue.add(b);
  await queue.take();
  clock.advance(2_000);
  await queue.take();
  clock.advance(1_000);
  expect(queue.unfinished()).toEqual({ totalSeconds: 4, longestSeconds: 3 });
});
