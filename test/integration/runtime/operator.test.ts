import { expect, test } from "vitest";
import type { Key } from "../../../src/kube/key.ts";
import { createController } from "../../../src/runtime/controller.ts";
import { runOperator } from "../../../src/runtime/lifecycle.ts";
import { done } from "../../../src/runtime/outcome.ts";
import { Reflector } from "../../../src/runtime/reflector.ts";
import { sourceOf } from "../../../src/runtime/source.ts";
import { serveHealth } from "../../../src/server/health.ts";
import { createMetrics } from "../../../src/server/metrics.ts";
import { serveMetrics } from "../../../src/server/metrics-server.ts";
import { eventually } from "../../lab/eventually.ts";
import { type Bench, configMaps, openBench, silent } from "../kube/bench.ts";

function startOperator(bench: Bench, reconcile: (key: Key) => Promise<void>) {
  const metrics = createMetrics();
  const reflector = new Reflector<string>({
    client: bench.client,
    logger: silent,
    resource: configMaps,
    namespace: bench.namespace,
    project: (object) => object.metadata.name,
    metrics: metrics.runtime,
  });
  const controller = createController({
    name: "maps",
    sources: [sourceOf({ reflector })],
    logger: silent,
    metrics: metrics.runtime,
    async reconcile(key) {
      await reconcile(key);
      return done;
    },
  });
  const stop = new AbortController();
  const parts = { caches: [reflector], controllers: [controller], logger: silent };
  return { metrics, reflector, stop, running: runOperator(parts, stop.signal) };
}

test("a pod is ready when its caches are filled, and not before", async () => {
  await using bench = await openBench();
  bench.proxy.refuse();
  const { metrics, reflector, stop, running } = startOperator(bench, async () => undefined);
  const address = { host: "127.0.0.1", port: 0 };
  await using health = await serveHealth({
    ...address,
    readiness: [{ name: `cache of ${reflector.name}`, isReady: () => reflector.hasSynced }],
  });
  await using exposed = await serveMetrics(address, metrics.registry);
  const get = async (port: number, path: string): Promise<[number, string]> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return [response.status, await response.text()];
  };
  expect(await get(health.port, "/readyz")).toEqual([503, "not ready: cache of configmaps\n"]);
  expect(await get(health.port, "/healthz")).toEqual([200, "ok\n"]);
  await bench.proxy.admit();
  await eventually(async () => (await get(health.port, "/readyz"))[0] === 200, { within: 15_000 });
  const [, text] = await get(exposed.port, "/metrics");
  expect(text).toMatch(
    /^batchwright_watch_ends_total\{resource="configmaps",why="ServerUnavailable"\} [1-9]/mu,
  );
  stop.abort();
  await running;
});

test("a stop lets the reconcile that runs finish, with its cache and client alive, and then closes everything", async () => {
  await using bench = await openBench();
  const begun = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<void>();
  const finished: Key[] = [];
  const { stop, running, reflector } = startOperator(bench, async (key) => {
    if (key !== bench.key("slow")) return;
    begun.resolve();
    await mayEnd.promise;
    await bench.client.find(configMaps, key, { parse: (value) => value });
    finished.push(key);
  });
  await bench.put("slow", {});
  await begun.promise;
  stop.abort();
  // The watch is still open: caches end last.
  await bench.put("during-the-stop", {});
  await eventually(() => reflector.store.get(bench.key("during-the-stop")), { within: 5_000 });
  mayEnd.resolve();
  await running;
  expect(finished).toEqual([bench.key("slow")]);
  await bench.client[Symbol.asyncDispose]();
  await eventually(() => bench.proxy.open === 0, { within: 5_000 });
});
