import { pino } from "pino";
import { expect, test } from "vitest";
import { ConflictError, TooManyRequestsError } from "../../../src/kube/errors.ts";
import { type Key, keyOf } from "../../../src/kube/key.ts";
import { type Controller, createController, type Reconcile } from "../../../src/runtime/controller.ts";
import { noMetrics, type RuntimeMetrics } from "../../../src/runtime/metrics.ts";
import { done, requeueAfter, RetryAfterError, TerminalError } from "../../../src/runtime/outcome.ts";
import type { Source } from "../../../src/runtime/source.ts";
import { ManualClock, settle } from "./manual-clock.ts";

const [a, b, c] = ["a", "b", "c"].map((name) => keyOf({ name })) as [Key, Key, Key];

interface Bench {
  readonly clock: ManualClock;
  readonly controller: Controller;
  readonly counted: string[];
  readonly running: Promise<readonly Key[]>;
  readonly stop: AbortController;
}

function startController(
  reconcile: Reconcile,
  options: { concurrency?: number; queueCapacity?: number; sources?: Source[]; timeoutMs?: number } = {},
): Bench {
  const clock = new ManualClock();
  const counted: string[] = [];
  const metrics: RuntimeMetrics = {
    ...noMetrics,
    controller: () => ({
      configured: () => undefined,
      activeWorkers: () => undefined,
      finished: (outcome) => counted.push(outcome),
      failed: (how) => counted.push(how),
    }),
  };
  const { sources = [], timeoutMs, ...rest } = options;
  const controller = createController({
    name: "test",
    sources,
    reconcile,
    logger: pino({ level: "silent" }),
    clock,
    metrics,
    ...rest,
    ...(timeoutMs === undefined ? {} : { reconcileTimeoutMs: timeoutMs }),
  });
  const stop = new AbortController();
  return {
    clock,
    controller,
    counted,
    stop,
    running: controller.run({ stop: stop.signal, graceMs: 30_000 }),
  };
}

test("keys are worked on up to the concurrency, and one key never twice at a time", async () => {
  const open = new Map<Key, () => void>();
  const seen: Key[] = [];
  const bench = startController(
    async (key) => {
      seen.push(key);
      await new Promise<void>((resolve) => open.set(key, resolve));
      return done;
    },
    { concurrency: 2 },
  );
  for (const key of [a, b, c, a]) bench.controller.enqueue(key);
  await settle();
  bench.controller.enqueue(a);
  await settle();
  expect(seen).toEqual([a, b]);
  open.get(a)?.();
  await settle();
  expect(seen).toEqual([a, b, c]);
  open.get(b)?.();
  await settle();
  expect(seen).toEqual([a, b, c, a]);
  open.get(c)?.();
  open.get(a)?.();
  bench.stop.abort();
  await settle();
  expect(await bench.running).toEqual([]);
  expect(bench.counted).toEqual(["success", "success", "success", "success"]);
});

test("a result and each kind of error decide when the key comes again", async () => {
  const script: (() => Promise<ReturnType<typeof requeueAfter>>)[] = [
    async () => requeueAfter(60_000),
    async () => Promise.reject(new RetryAfterError("cluster not there yet", { retryAfterMs: 10_000 })),
    async () => Promise.reject(new TooManyRequestsError("slow", { request: "get x", retryAfterMs: 3_000 })),
    async () => Promise.reject(new ConflictError("moved", { request: "patch x" })),
    async () => Promise.reject(new TypeError("undefined is no function")),
    async () => Promise.reject(new TerminalError("bad value")),
  ];
  const times: number[] = [];
  const bench: Bench = startController(async () => {
    times.push(bench.clock.now());
    const next = script.shift();
    return next === undefined ? done : next();
  });
  bench.controller.enqueue(a);
  for (let i = 0; i < 200; i++) {
    await settle();
    bench.clock.advance(i < 73 ? 1_000 : 5);
  }
  // 60 s, 10 s, 3 s as asked; then 5 ms and 10 ms of backoff; then never again.
  expect(times).toEqual([0, 60_000, 70_000, 73_000, 73_005, 73_015]);
  expect(bench.counted).toEqual([
    "requeue_after",
    "requeue_after",
    "requeue_after",
    "error",
    "panic",
    "error",
    "terminal",
    "error",
  ]);
});

test("an error of one key does not touch another", async () => {
  const seen: Key[] = [];
  const bench = startController(async (key) => {
    if (key === a) throw new Error("always");
    seen.push(key);
    return done;
  });
  bench.controller.enqueue(a);
  bench.controller.enqueue(b);
  await settle();
  expect(seen).toEqual([b]);
});

test("a poller can wake a key later", async () => {
  const seen: Key[] = [];
  const bench = startController(async (key) => {
    seen.push(key);
    return done;
  });
  bench.controller.enqueue(a, { afterMs: 1_000 });
  bench.clock.advance(999);
  await settle();
  expect(seen).toEqual([]);
  bench.clock.advance(1);
  await settle();
  expect(seen).toEqual([a]);
});

test("at its time limit a reconcile gets the signal, and its key stays its own until it has ended", async () => {
  const signals: AbortSignal[] = [];
  const end = Promise.withResolvers<void>();
  const bench = startController(
    async (_key, { signal }) => {
      signals.push(signal);
      await end.promise;
      return done;
    },
    { timeoutMs: 5_000, concurrency: 2 },
  );
  bench.controller.enqueue(a);
  await settle();
  bench.clock.advance(5_000);
  bench.controller.enqueue(a);
  await settle();
  expect(signals.map((signal) => signal.aborted)).toEqual([true]);
  end.resolve();
  await settle();
  expect(signals.map((signal) => signal.aborted)).toEqual([true, false]);
  expect(bench.counted).toEqual(["timeout", "success", "success"]);
});

test("at the stop nothing new begins, what runs may finish, and its signal does not fire", async () => {
  const end = Promise.withResolvers<void>();
  const seen: { key: Key; signal: AbortSignal }[] = [];
  const bench = startController(async (key, { signal }) => {
    seen.push({ key, signal });
    await end.promise;
    return done;
  });
  bench.controller.enqueue(a);
  bench.controller.enqueue(b);
  await settle();
  bench.stop.abort();
  bench.controller.enqueue(c);
  await settle();
  end.resolve();
  await settle();
  expect(await bench.running).toEqual([]);
  expect(seen.map(({ key, signal }) => [key, signal.aborted])).toEqual([[a, false]]);
});

test("what does not finish in time is cut off, and what does not end even then is named", async () => {
  let cut = false;
  const bench = startController(
    async (key, { signal }) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => {
          cut = true;
          if (key === b) resolve(done);
        });
      }),
    { concurrency: 2 },
  );
  bench.controller.enqueue(a);
  bench.controller.enqueue(b);
  await settle();
  bench.stop.abort();
  await settle();
  bench.clock.advance(29_999);
  await settle();
  expect(cut).toBe(false);
  bench.clock.advance(1);
  await settle();
  expect(cut).toBe(true);
  bench.clock.advance(5_000);
  expect(await bench.running).toEqual([a]);
});

test("more keys than the queue holds are all worked on in the end", async () => {
  const keys = Array.from({ length: 50 }, (_, i) => keyOf({ name: `k${i}` }));
  const seen = new Set<Key>();
  const source: Source = {
    name: "many",
    hasSynced: () => true,
    connect(wake) {
      for (const key of keys) wake(key, -100);
    },
    allKeys: () => keys,
  };
  startController(
    async (key) => {
      seen.add(key);
      return done;
    },
    { queueCapacity: 7, sources: [source] },
  );
  for (let i = 0; i < 50; i++) await settle();
  expect(seen).toEqual(new Set(keys));
});
