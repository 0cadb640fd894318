import { isDeepStrictEqual } from "node:util";
import { afterAll, expect, test } from "vitest";
import type { KubeClient } from "../../../src/kube/client.ts";
import { type Key, keyOf } from "../../../src/kube/key.ts";
import { kubeObject } from "../../../src/kube/metadata.ts";
import { createController } from "../../../src/runtime/controller.ts";
import { done } from "../../../src/runtime/outcome.ts";
import { sourceOf } from "../../../src/runtime/source.ts";
import { startDaemon } from "../../lab/daemons.ts";
import { compactEtcd } from "../../lab/etcd.ts";
import { eventually } from "../../lab/eventually.ts";
import { crashApiServer, patience } from "../kube/api-server.ts";
import { type Bench, configMaps, kubeLab, openBench, silent } from "../kube/bench.ts";
import { readValue, watch } from "./watched.ts";

afterAll(async () => startDaemon(kubeLab(), "kube", "apiserver"));

test(
  "a version that the API server has forgotten is answered with a new list that finds deletions too",
  { timeout: patience },
  async () => {
    await using bench = await openBench();
    for (const name of ["a", "b", "c"]) await bench.put(name, { v: "1" });
    await using watched = await watch(bench);
    bench.proxy.refuse();
    bench.proxy.cut();
    await bench.remove("a");
    await bench.put("b", { v: "2" });
    await bench.put("d", { v: "2" });
    await compactEtcd(kubeLab().kube);
    // The watch cache of the API server remembers what etcd forgot, until it starts anew.
    await crashApiServer();
    await bench.proxy.admit();
    await eventually(() => watched.lists.length === 2, { within: 90_000 });
    expect(watched.values()).toEqual({ b: "2", c: "1", d: "2" });
    expect(watched.ends).toContain("Expired");
    const news = watched.changes.filter((change) => change.is === "deleted" || change.is === "updated");
    expect(news).toEqual([
      { is: "updated", key: bench.key("b"), before: "1", after: "2" },
      { is: "deleted", key: bench.key("a"), before: "1" },
    ]);
  },
);

test(
  "a list whose continue token expires between two pages is made anew, in one piece",
  { timeout: patience },
  async () => {
    await using bench = await openBench();
    const names = Array.from({ length: 9 }, (_, i) => `n${i}`);
    for (const name of names) await bench.put(name, { v: "1" });
    let isFirst = true;
    const slow: KubeClient = {
      ...bench.client,
      async list(resource, query, parser) {
        if (query.continueToken !== undefined && isFirst) {
          isFirst = false;
          await bench.put("late", { v: "2" });
          await compactEtcd(kubeLab().kube);
          await crashApiServer();
        }
        return bench.client.list(resource, query, parser);
      },
    };
    await using watched = await watch(bench, { client: slow, initial: "paged", pageSize: 4 });
    expect(watched.values()).toEqual({ ...Object.fromEntries(names.map((name) => [name, "1"])), late: "2" });
    expect(watched.ends).toContain("Expired");
    expect(watched.lists).toHaveLength(1);
  },
);

/** A controller that writes into each ConfigMap what it read from it, as ours do with spec and status. */
function startCopier(bench: Bench, source: ReturnType<typeof sourceOf<string, never>>) {
  const controller = createController({
    name: "copier",
    sources: [source],
    logger: silent,
    concurrency: 8,
    async reconcile(key, { signal }) {
      const object = await bench.client.find(configMaps, key, kubeObject, { signal });
      const wanted = object === undefined ? "" : readValue(object);
      if (object === undefined || wanted === "" || object.metadata.annotations["copied"] === wanted)
        return done;
      await bench.client.mergePatch(
        configMaps,
        key,
        {
          merge: { metadata: { annotations: { copied: wanted } } },
          resourceVersion: object.metadata.resourceVersion,
          signal,
        },
        kubeObject,
      );
      return done;
    },
  });
  const stop = new AbortController();
  const running = controller.run({ stop: stop.signal });
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      expect(await running).toEqual([]);
    },
  };
}

/** Writes again until it is known to be written, as a person with kubectl would. */
async function putSurely(bench: Bench, name: string, v: string): Promise<void> {
  await eventually(async () => bench.put(name, { v }), { within: 90_000, every: 200 });
}

test(
  "200 objects that change while the API server is killed twice: every last change is worked on",
  { timeout: patience },
  async () => {
    await using bench = await openBench();
    await using watched = await watch(bench);
    await using _copier = startCopier(bench, sourceOf({ reflector: watched.reflector }));
    const names = Array.from({ length: 200 }, (_, i) => `n${i}`);
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (const round of ["1", "2"]) {
        for (const [i, name] of names.entries()) {
          if (i % 4 === writer) await putSurely(bench, name, round);
        }
      }
    });
    for (const atLeast of [50, 150]) {
      await eventually(() => watched.reflector.store.size >= atLeast, { within: 90_000 });
      await crashApiServer();
    }
    await Promise.all(writers);
    const copied = async (): Promise<Map<Key, string | undefined>> => {
      const { items } = await bench.direct.list(configMaps, { namespace: bench.namespace }, kubeObject);
      return new Map(items.map(({ metadata }) => [keyOf(metadata), metadata.annotations["copied"]]));
    };
    const expected = new Map(names.map((name) => [bench.key(name), "2"]));
    await eventually(
      async () => {
        const now = await copied();
        return names.every((name) => now.get(bench.key(name)) === "2");
      },
      { within: 90_000, every: 500 },
    );
    const found = await copied();
    found.delete(bench.key("kube-root-ca.crt"));
    expect(found).toEqual(expected);
    // The copier reads afresh, and so may be ahead of the watch.
    const last = Object.fromEntries(names.map((name) => [name, "2"]));
    await eventually(() => isDeepStrictEqual(watched.values(), last), { within: 90_000 });
  },
);
