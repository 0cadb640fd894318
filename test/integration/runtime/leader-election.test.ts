import { expect, test } from "vitest";
import { createLeaderElection, LeadLostError } from "../../../src/runtime/leader-election.ts";
import { lease, leaseResource } from "../../../src/runtime/lease.ts";
import { eventually } from "../../lab/eventually.ts";
import { type Bench, openBench, silent } from "../kube/bench.ts";

const timings = { leaseMs: 3_000, renewDeadlineMs: 2_000, retryMs: 300 };

/** One process of several: what it did, and how to stop it. */
function startProcess(bench: Bench, identity: string, client = bench.direct) {
  const stop = new AbortController();
  const log: string[] = [];
  const election = createLeaderElection({
    client,
    key: bench.key("lead"),
    identity,
    logger: silent,
    ...timings,
  });
  const ended = election
    .lead(stop.signal, async (signal) => {
      log.push("leads");
      await new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => resolve(), { once: true });
        if (signal.aborted) resolve();
      });
      log.push("stops");
    })
    .catch((error: unknown) => error);
  return { log, stop, ended };
}

async function readLease(bench: Bench) {
  return (await bench.direct.get(leaseResource, bench.key("lead"), lease)).spec;
}

test("one leads, the other waits; after a clean stop the other leads without waiting for the lease to run out", async () => {
  await using bench = await openBench();
  const first = startProcess(bench, "first");
  await eventually(() => first.log.length === 1, { within: 5_000 });
  const second = startProcess(bench, "second");
  const before = await readLease(bench);
  expect(before).toMatchObject({ holderIdentity: "first", leaseDurationSeconds: 3, leaseTransitions: 0 });
  expect(before.renewTime).toMatch(/\.\d{6}Z$/u);
  await eventually(async () => (await readLease(bench)).renewTime !== before.renewTime, { within: 5_000 });
  expect(second.log).toEqual([]);
  first.stop.abort();
  expect(await first.ended).toBeUndefined();
  const releasedAt = performance.now();
  await eventually(() => second.log.length === 1, { within: 5_000, every: 20 });
  expect(performance.now() - releasedAt).toBeLessThan(timings.leaseMs);
  expect(await readLease(bench)).toMatchObject({ holderIdentity: "second", leaseTransitions: 1 });
  second.stop.abort();
  await second.ended;
});

test("a leader that cannot renew gives up before its lease runs out, and only then another one leads", async () => {
  await using bench = await openBench();
  const first = startProcess(bench, "first", bench.client);
  await eventually(() => first.log.length === 1, { within: 5_000 });
  const second = startProcess(bench, "second");
  bench.proxy.swallow("toClient");
  bench.proxy.swallow("toServer");
  const outcome = await first.ended;
  expect(outcome).toBeInstanceOf(LeadLostError);
  expect([first.log, second.log]).toEqual([["leads", "stops"], []]);
  await eventually(() => second.log.length === 1, { within: 10_000 });
  expect(await readLease(bench)).toMatchObject({ holderIdentity: "second", leaseTransitions: 1 });
  second.stop.abort();
  await second.ended;
});

test("of several that start at the same moment exactly one leads", async () => {
  await using bench = await openBench();
  const all = ["a", "b", "c", "d"].map((identity) => startProcess(bench, identity));
  await eventually(async () => (await readLease(bench)).holderIdentity, { within: 5_000 });
  const before = (await readLease(bench)).renewTime;
  await eventually(async () => (await readLease(bench)).renewTime !== before, { within: 5_000 });
  expect(all.filter((process) => process.log.length > 0)).toHaveLength(1);
  for (const process of all) process.stop.abort();
  await Promise.all(all.map(async (process) => process.ended));
});

test("timings that could let two lead at once are refused", async () => {
  await using bench = await openBench();
  const options = { client: bench.direct, key: bench.key("lead"), identity: "x", logger: silent };
  expect(() => createLeaderElection({ ...options, leaseMs: 5_000 })).toThrow(
    "need 1.2 * retry (2000 ms) < renew deadline (10000 ms) < lease (5000 ms)",
  );
});
