import { expect, test } from "vitest";
import { z } from "zod";
import { keyOf } from "../../../src/kube/key.ts";
import { kubeObject } from "../../../src/kube/metadata.ts";
import { eventResource, type EventRecord, type ObjectReference } from "../../../src/runtime/event.ts";
import { createEventRecorder, type EventRecorder } from "../../../src/runtime/event-recorder.ts";
import type { Resource } from "../../../src/kube/resource.ts";
import { ManualClock } from "../../unit/runtime/manual-clock.ts";
import { kubectl } from "../../lab/kubectl.ts";
import { eventually } from "../../lab/eventually.ts";
import { type Bench, kubeLab, namespaces, openBench, silent } from "../kube/bench.ts";

/** Through the newer API: both show the same objects. */
const newEvents: Resource = {
  group: "events.k8s.io",
  version: "v1",
  plural: "events",
  kind: "Event",
  namespaced: true,
};

const storedEvent = z.object({
  metadata: z.object({ name: z.string() }),
  type: z.string(),
  reason: z.string(),
  action: z.string(),
  note: z.string(),
  eventTime: z.string(),
  deprecatedFirstTimestamp: z.string(),
  deprecatedLastTimestamp: z.string(),
  deprecatedCount: z.int(),
  reportingController: z.string(),
  reportingInstance: z.string(),
  regarding: z.object({ kind: z.string(), name: z.string(), namespace: z.string().optional() }),
  series: z.object({ count: z.int(), lastObservedTime: z.string() }).optional(),
});

function recorderOf(bench: Bench, seriesIntervalMs: number): { recorder: EventRecorder; counted: string[] } {
  const counted: string[] = [];
  const recorder = createEventRecorder({
    client: bench.client,
    reporter: { controller: "batchwright.dev/test", instance: "test-1" },
    logger: silent,
    metrics: { recorded: (what) => counted.push(what) },
    seriesIntervalMs,
  });
  return { recorder, counted };
}

async function regardingOf(bench: Bench, name: string): Promise<ObjectReference> {
  const { metadata } = await bench.put(name, {});
  return { apiVersion: "v1", kind: "ConfigMap", namespace: bench.namespace, name, uid: metadata.uid };
}

async function eventsOf(bench: Bench, name: string) {
  const query = { namespace: bench.namespace, fieldSelector: `regarding.name=${name}` };
  return (await bench.direct.list(newEvents, query, storedEvent)).items;
}

const wholeSeconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u;

function submitted(regarding: ObjectReference, note = "job 8"): EventRecord {
  return { regarding, type: "Normal", reason: "Submitted", action: "Dispatching", note };
}

test("an event is stored as it was recorded, times with six digits and a note of 1 kB at most", async () => {
  await using bench = await openBench();
  const regarding = await regardingOf(bench, "a");
  {
    await using recorder = recorderOf(bench, 60_000).recorder;
    recorder.record(submitted(regarding, "ü".repeat(600)));
  }
  expect(await eventsOf(bench, "a")).toEqual([
    {
      metadata: { name: expect.stringMatching(/^a\.[0-9a-f]{16}$/u) as string },
      type: "Normal",
      reason: "Submitted",
      action: "Dispatching",
      note: `${"ü".repeat(510)}…`,
      eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}000Z$/u) as string,
      deprecatedFirstTimestamp: expect.stringMatching(wholeSeconds) as string,
      deprecatedLastTimestamp: expect.stringMatching(wholeSeconds) as string,
      deprecatedCount: 1,
      reportingController: "batchwright.dev/test",
      reportingInstance: "test-1",
      regarding: { kind: "ConfigMap", name: "a", namespace: bench.namespace },
    },
  ]);
});

test("repetitions become one series that is updated now and then, and fully at the end", async () => {
  await using bench = await openBench();
  const regarding = await regardingOf(bench, "a");
  const { recorder } = recorderOf(bench, 200);
  recorder.record(submitted(regarding));
  await eventually(async () => (await eventsOf(bench, "a")).length === 1, { within: 5_000 });
  for (let i = 0; i < 20; i++) recorder.record(submitted(regarding));
  await eventually(async () => (await eventsOf(bench, "a"))[0]?.series?.count === 21, { within: 5_000 });
  recorder.record(submitted(regarding));
  await recorder[Symbol.asyncDispose]();
  const stored = await eventsOf(bench, "a");
  expect(stored.map((event) => [event.series?.count, event.deprecatedCount])).toEqual([[22, 22]]);
  expect(bench.requests.filter((request) => request.verb === "patch").length).toBeLessThanOrEqual(4);
});

test("an event of a cluster-scoped object is stored in the default namespace", async () => {
  await using bench = await openBench();
  const { metadata } = await bench.direct.get(namespaces, keyOf({ name: bench.namespace }), kubeObject);
  const regarding = { apiVersion: "v1", kind: "Namespace", name: bench.namespace, uid: metadata.uid };
  {
    await using recorder = recorderOf(bench, 60_000).recorder;
    recorder.record(submitted(regarding));
  }
  const query = { namespace: "default", fieldSelector: `regarding.name=${bench.namespace}` };
  const { items } = await bench.direct.list(newEvents, query, storedEvent);
  expect(items).toHaveLength(1);
  await bench.direct.delete(
    eventResource,
    keyOf({ namespace: "default", name: items[0]?.metadata.name ?? "" }),
  );
});

test("while the API server is away recording costs nothing, and what was recorded arrives later", async () => {
  await using bench = await openBench();
  const regarding = await regardingOf(bench, "a");
  const { recorder, counted } = recorderOf(bench, 500);
  bench.proxy.refuse();
  bench.proxy.cut();
  const startedAt = performance.now();
  for (let i = 0; i < 10; i++) recorder.record(submitted(regarding, `job ${i}`));
  expect(performance.now() - startedAt).toBeLessThan(100);
  await eventually(() => bench.requests.filter((request) => request.code === "<error>").length >= 2, {
    within: 10_000,
  });
  await bench.proxy.admit();
  await eventually(async () => (await eventsOf(bench, "a")).length === 10, { within: 20_000 });
  await recorder[Symbol.asyncDispose]();
  expect(new Set(counted)).toEqual(new Set(["sent"]));
});

test("an event that nobody wants is given up, and the recorder goes on", async () => {
  await using bench = await openBench();
  const regarding = await regardingOf(bench, "a");
  const { recorder, counted } = recorderOf(bench, 60_000);
  recorder.record(submitted({ ...regarding, namespace: "no-such-namespace" }, "nowhere"));
  recorder.record(submitted(regarding));
  await recorder[Symbol.asyncDispose]();
  expect(counted).toEqual(["failed", "sent"]);
  recorder.record(submitted(regarding, "too late"));
  expect(await eventsOf(bench, "a")).toHaveLength(1);
});

test("kubectl shows events in their order and with their age, and how often they came", async () => {
  await using bench = await openBench();
  const regarding = await regardingOf(bench, "a");
  const clock = new ManualClock();
  {
    await using recorder = createEventRecorder({
      client: bench.client,
      reporter: { controller: "batchwright.dev/test", instance: "test-1" },
      logger: silent,
      clock,
    });
    // Names of events are random: by those alone ten events would not come in order.
    for (let i = 0; i < 10; i++) {
      recorder.record(submitted(regarding, `job ${i}`));
      clock.advance(2_000);
    }
    recorder.record(submitted(regarding, "job 0"));
    await recorder.flush();
  }
  const ask = async (...words: string[]): Promise<string> =>
    (await kubectl(kubeLab(), ["-n", bench.namespace, ...words], { within: 30_000 })).stdout;
  const inOrder = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];
  const columns = "custom-columns=NOTE:.message,COUNT:.count";
  const sorted = await ask("get", "events", "--sort-by=.lastTimestamp", "--no-headers", "-o", columns);
  expect(
    sorted
      .trimEnd()
      .split("\n")
      .map((line) => line.trim().split(/\s{2,}/u)),
  ).toEqual(inOrder.map((n) => [`job ${n}`, n === "0" ? "2" : "1"]));
  const described = await ask("describe", "configmap", "a");
  const told = described.split("\n").filter((line) => line.includes("job "));
  expect(told.map((line) => line.slice(-1))).toEqual(inOrder);
  for (const line of told) expect(line).toMatch(/^ {2}Normal {2}Submitted {2}\S+/u);
  expect(told.at(-1)).toMatch(/\(x2 over \S+\) {2}batchwright\.dev\/test/u);
  expect(described).not.toContain("<unknown>");
});
