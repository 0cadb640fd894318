import { pino } from "pino";
import { expect, test } from "vitest";
import { keyOf } from "../../../src/kube/key.ts";
import type { Controller } from "../../../src/runtime/controller.ts";
import { LeadLostError } from "../../../src/runtime/leader-election.ts";
import { type Cache, type OperatorParts, runOperator } from "../../../src/runtime/lifecycle.ts";
import { ManualClock, settle } from "./manual-clock.ts";

/** Parts that write down what happens to them, in order. */
function parts(options: { syncs?: boolean } = {}) {
  const log: string[] = [];
  const clock = new ManualClock();
  const until = async (signal: AbortSignal, name: string): Promise<void> => {
    log.push(`${name} starts`);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    log.push(`${name} ends`);
  };
  const synced = Promise.withResolvers<void>();
  const syncs = options.syncs ?? true;
  if (syncs) synced.resolve();
  const cache: Cache = {
    name: "jobs",
    hasSynced: syncs,
    synced: synced.promise,
    run: async (signal) => until(signal, "cache"),
  };
  const controller: Controller = {
    name: "jobs",
    enqueue: () => undefined,
    hasSynced: () => true,
    async run({ stop }) {
      await until(stop, "controller");
      return [keyOf({ name: "stuck" })];
    },
  };
  const operator: OperatorParts = {
    caches: [cache],
    controllers: [controller],
    services: [{ name: "poller", run: async (signal) => until(signal, "poller") }],
    events: {
      record: () => undefined,
      flush: async () => undefined,
      async [Symbol.asyncDispose]() {
        log.push("events sent");
      },
    },
    logger: pino({ level: "silent" }),
    clock,
  };
  return { operator, log, clock };
}

test("caches come first, and the stop goes the other way round", async () => {
  const { operator, log } = parts();
  const stop = new AbortController();
  const running = runOperator(operator, stop.signal);
  await settle();
  expect(log).toEqual(["cache starts", "controller starts", "poller starts"]);
  stop.abort();
  await running;
  expect(log.slice(3)).toEqual(["controller ends", "poller ends", "events sent", "cache ends"]);
});

test("caches that do not fill in time are named, and no controller starts", async () => {
  const { operator, log, clock } = parts({ syncs: false });
  const running = runOperator(operator, new AbortController().signal);
  await settle();
  clock.advance(120_000);
  await expect(running).rejects.toThrow("caches not filled within 120000 ms: jobs; are the CRDs installed");
  expect(log).toEqual(["cache starts", "events sent", "cache ends"]);
});

test("a stop while caches fill ends without an error", async () => {
  const { operator, log } = parts({ syncs: false });
  const stop = new AbortController();
  const running = runOperator(operator, stop.signal);
  await settle();
  stop.abort();
  await running;
  expect(log).toEqual(["cache starts", "events sent", "cache ends"]);
});

test("a part that breaks stops the others and is reported", async () => {
  const { operator, log } = parts();
  const broken = { name: "broken", run: async () => Promise.reject(new Error("no route")) };
  const running = runOperator({ ...operator, services: [broken] }, new AbortController().signal);
  await expect(running).rejects.toMatchObject({ errors: [new Error("no route")] });
  expect(log).toEqual(["cache starts", "controller starts", "controller ends", "events sent", "cache ends"]);
});

test("workers run only while this process leads", async () => {
  const { operator, log } = parts();
  const stop = new AbortController();
  const leads = Promise.withResolvers<void>();
  const election = {
    async lead(signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>) {
      await leads.promise;
      await work(signal);
      log.push("lease released");
    },
  };
  const running = runOperator({ ...operator, election }, stop.signal);
  await settle();
  expect(log).toEqual(["cache starts"]);
  leads.resolve();
  await settle();
  stop.abort();
  await running;
  expect(log).toEqual([
    "cache starts",
    "controller starts",
    "poller starts",
    "controller ends",
    "poller ends",
    "lease released",
    "events sent",
    "cache ends",
  ]);
});

test("a lost lead is reported at once, whatever still runs", async () => {
  const { operator, log } = parts();
  const election = {
    async lead(_stop: AbortSignal, work: (signal: AbortSignal) => Promise<void>) {
      void work(new AbortController().signal);
      throw new LeadLostError("gone");
    },
  };
  await expect(runOperator({ ...operator, election }, new AbortController().signal)).rejects.toThrow("gone");
  expect(log.includes("events sent")).toBe(false);
});
