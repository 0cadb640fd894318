import { expect, test } from "vitest";
import { eventually } from "../../lab/eventually.ts";
import { kubeObject } from "../../../src/kube/metadata.ts";
import { type Bench, configMaps, openBench } from "../kube/bench.ts";
import { readValue, startWatch, watch } from "./watched.ts";

test.each(["watchList", "paged"] as const)(
  "the first state comes whole by %s, then changes follow",
  async (initial) => {
    await using bench = await openBench();
    const names = Array.from({ length: 12 }, (_, i) => `n${i}`);
    await Promise.all(names.map(async (name) => bench.put(name, { v: "1" })));
    await using watched = await watch(bench, { initial, pageSize: 5 });
    expect(watched.values()).toEqual(Object.fromEntries(names.map((name) => [name, "1"])));
    expect(watched.changes.every((change) => change.is === "added" && change.initial)).toBe(true);
    const lists = bench.requests.filter((request) => request.verb === "list").length;
    expect(lists).toBe(initial === "paged" ? 3 : 0);

    await bench.put("n0", { v: "2" });
    await bench.put("new", { v: "3" });
    await bench.remove("n1");
    await eventually(() => watched.changes.some((change) => change.is === "deleted"), { within: 10_000 });
    const seen = watched.changes.slice(-3);
    expect(seen).toEqual([
      { is: "updated", key: bench.key("n0"), before: "1", after: "2" },
      { is: "added", key: bench.key("new"), after: "3", initial: false },
      { is: "deleted", key: bench.key("n1"), before: "1" },
    ]);
  },
);

test("a cut watch goes on from its last version: nothing is lost, nothing is listed anew", async () => {
  await using bench = await openBench();
  await bench.put("a", { v: "1" });
  await bench.put("b", { v: "1" });
  await using watched = await watch(bench);
  bench.proxy.refuse();
  bench.proxy.cut();
  await bench.put("a", { v: "2" });
  await bench.put("c", { v: "2" });
  await bench.remove("b");
  await bench.proxy.admit();
  await eventually(() => watched.values()["b"] === undefined, { within: 30_000 });
  expect(watched.values()).toEqual({ a: "2", c: "2" });
  expect(watched.lists).toHaveLength(1);
  expect(new Set(watched.ends)).toEqual(new Set(["ServerUnavailable"]));
});

test("a connection that has gone silent is noticed, and the state is listed anew", async () => {
  await using bench = await openBench();
  await bench.put("a", { v: "1" });
  await using watched = await watch(bench, { idleMs: 3_000 });
  bench.proxy.swallow("toClient");
  await bench.put("a", { v: "2" });
  await eventually(() => watched.ends.includes("idle"), { within: 10_000 });
  expect(watched.values()).toEqual({ a: "1" });
  bench.proxy.passOn("toClient");
  bench.proxy.cut();
  await eventually(() => watched.values()["a"] === "2", { within: 30_000 });
  expect(watched.lists.length).toBeGreaterThan(1);
});

test("a slow network delays, and loses nothing", async () => {
  await using bench = await openBench();
  bench.proxy.delay(200);
  await using watched = await watch(bench, { initial: "paged" });
  const names = Array.from({ length: 20 }, (_, i) => `n${i}`);
  await Promise.all(names.map(async (name) => bench.put(name, { v: "1" })));
  await eventually(() => Object.keys(watched.values()).length === 20, { within: 20_000 });
  expect(watched.ends).toEqual([]);
});

const verbs = (bench: Bench): string[] => bench.requests.map((request) => request.verb);

test("a stop while the first list is on its way ends the request and opens no watch", async () => {
  await using bench = await openBench();
  await bench.client.find(configMaps, bench.key("warm"), kubeObject);
  bench.proxy.delay(500);
  const watched = startWatch(bench, { initial: "paged" });
  await eventually(() => bench.proxy.open === 1, { within: 5_000, every: 1 });
  watched.stop();
  await watched.ended;
  expect(verbs(bench)).toEqual(["get", "list"]);
  expect(watched.reflector.hasSynced).toBe(false);
});

test("a stop between the list and the watch opens no watch", async () => {
  await using bench = await openBench();
  await bench.put("a", { v: "1" });
  const watched = startWatch(bench, {
    initial: "paged",
    project: () => {
      watched.stop();
      return "";
    },
  });
  await watched.ended;
  expect(verbs(bench)).toEqual(["list"]);
});

test("a stop during the backoff ends it at once", async () => {
  await using bench = await openBench();
  // Jitter at its most: waits of 1.6 s and more.
  await using watched = await watch(bench, { random: () => 0.999 });
  bench.proxy.refuse();
  bench.proxy.cut();
  await eventually(() => watched.ends.length > 0, { within: 5_000, every: 1 });
  const stoppedAt = performance.now();
  watched.stop();
  await watched.ended;
  expect(performance.now() - stoppedAt).toBeLessThan(1_000);
  expect(verbs(bench)).toEqual(["watch"]);
});

test("started twice it is one reflector with one watch", async () => {
  await using bench = await openBench();
  await using watched = await watch(bench);
  const again = new AbortController();
  void watched.reflector.run(again.signal);
  await bench.put("a", { v: "1" });
  await eventually(() => watched.values()["a"] === "1", { within: 10_000 });
  expect(watched.changes.filter((change) => change.key === bench.key("a"))).toHaveLength(1);
  expect(bench.requests.filter((request) => request.verb === "watch")).toHaveLength(1);
});

test("a listener that throws, and an object that cannot be projected, stop nothing", async () => {
  await using bench = await openBench();
  await bench.put("odd", { v: "odd" });
  const project = (object: { metadata: { name: string } }): string => {
    if (object.metadata.name === "odd") throw new Error("cannot be read");
    return object.metadata.name;
  };
  await using watched = await watch(bench, { project });
  watched.reflector.subscribe(() => {
    throw new Error("a bad listener");
  });
  await bench.put("odd", { v: "odd again" });
  await bench.put("even", { v: "even" });
  await eventually(() => watched.reflector.store.get(bench.key("even")) === "even", { within: 10_000 });
  expect(watched.values()).toEqual({ even: "even" });
  expect(watched.changes.filter((change) => change.key === bench.key("odd"))).toEqual([
    { is: "unreadable", key: bench.key("odd"), before: undefined },
    { is: "unreadable", key: bench.key("odd"), before: undefined },
  ]);
  expect(watched.reflector.unreadable).toEqual(new Set([bench.key("odd")]));
  expect([watched.ends, watched.lists.length]).toEqual([[], 1]);
});

test("what cannot be read is told apart until it can be, or is gone, also while nobody watched", async () => {
  await using bench = await openBench();
  await Promise.all(["mended", "removed", "lost"].map(async (name) => bench.put(name, { v: "odd" })));
  await using watched = await watch(bench, {
    idleMs: 3_000,
    project: (object) => {
      const value = readValue(object);
      if (value === "odd") throw new Error("cannot be read");
      return value;
    },
  });
  const { unreadable } = watched.reflector;
  const becomes = async (...names: readonly string[]) =>
    eventually(() => [...unreadable].sort().join() === names.map(bench.key).join(), { within: 30_000 });
  await becomes("lost", "mended", "removed");
  await bench.put("mended", { v: "1" });
  await becomes("lost", "removed");
  await bench.remove("removed");
  await becomes("lost");
  // Noticed only by the silence, and so by a new list.
  bench.proxy.swallow("toClient");
  await bench.remove("lost");
  await eventually(() => watched.ends.includes("idle"), { within: 10_000 });
  bench.proxy.passOn("toClient");
  bench.proxy.cut();
  await becomes();
  expect(watched.values()).toEqual({ mended: "1" });
});

test.runIf(process.env["BATCHWRIGHT_FULL"] !== undefined)(
  "a quiet kind keeps its one watch, for the server's bookmarks are signs of life",
  async () => {
    await using bench = await openBench();
    await using watched = await watch(bench, { idleMs: 90_000 });
    await expect(
      eventually(() => watched.ends.length > 0, { within: 200_000, every: 1_000 }),
    ).rejects.toThrow("not within 200000 ms");
    expect([watched.ends, watched.lists.length, verbs(bench)]).toEqual([[], 1, ["watch"]]);
  },
  240_000,
);
