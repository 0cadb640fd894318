import { expect, test } from "vitest";
import { z } from "zod";
import { keyOf } from "../../../src/kube/key.ts";
import { kubeObject } from "../../../src/kube/metadata.ts";
import { eventResource, type EventRecord, type ObjectReference } from "../../../src/runtime/event.ts";
import { createEventRecorder, type EventRecorder } from "../../../src/runtime/event-recorder.ts";
import { eventually } from "../../lab/eventually.ts";
import { type Bench, namespaces, openBench, silent } from "../kube/bench.ts";

const storedEvent = z.object({
  metadata: z.object({ name: z.string() }),
  type: z.string(),
  reason: z.string(),
  action: z.string(),
  note: z.string(),
  eventTime: z.string(),
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
  return (await bench.direct.list(eventResource, query, storedEvent)).items;
}

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
  expect(stored.map((event) => event.series?.count)).toEqual([22]);
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
  const { items } = await bench.direct.list(eventResource, query, storedEvent);
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
