import { afterEach, beforeEach, expect, test } from "vitest";
import type { WatchEvent } from "../../../src/kube/watch.ts";
import { type ScriptedServer, json, startScriptedServer } from "./scripted-server.ts";

const configMaps = { group: "", version: "v1", plural: "configmaps", kind: "ConfigMap", namespaced: true };

let api: ScriptedServer;
beforeEach(async () => {
  api = await startScriptedServer();
});
afterEach(async () => {
  await api[Symbol.asyncDispose]();
});

async function collect(events: AsyncIterable<WatchEvent>): Promise<WatchEvent[]> {
  const all: WatchEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

test("events come in order, with bookmarks and errors told apart", async () => {
  const object = { metadata: { name: "b" } };
  const lines = [
    { type: "ADDED", object },
    { type: "MODIFIED", object },
    { type: "DELETED", object },
    { type: "BOOKMARK", object: { metadata: { resourceVersion: "8" } } },
    {
      type: "BOOKMARK",
      object: { metadata: { resourceVersion: "9", annotations: { "k8s.io/initial-events-end": "true" } } },
    },
    { type: "ERROR", object: { kind: "Status", code: 410, message: "too old", reason: "Expired" } },
  ];
  api.script((response) => response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join("")));
  const events = await collect(
    api.client.watch(configMaps, { namespace: "a", initialEvents: true, timeoutSeconds: 300 }),
  );
  expect(events).toEqual([
    { is: "added", object },
    { is: "modified", object },
    { is: "deleted", object },
    { is: "bookmark", resourceVersion: "8", endsInitialEvents: false },
    { is: "bookmark", resourceVersion: "9", endsInitialEvents: true },
    { is: "error", failure: expect.objectContaining({ is: "Expired", status: 410 }) },
  ]);
  expect(api.seen.map((request) => request.url)).toEqual([
    "/api/v1/namespaces/a/configmaps?watch=1&allowWatchBookmarks=true&timeoutSeconds=300&sendInitialEvents=true&resourceVersionMatch=NotOlderThan",
  ]);
});

test("a refused watch, a broken one and an unreadable one throw what happened", async () => {
  const watching = () => collect(api.client.watch(configMaps, { resourceVersion: "1", timeoutSeconds: 300 }));
  api.script(json(410, { kind: "Status", message: "too old" }));
  await expect(watching()).rejects.toMatchObject({ is: "Expired" });
  api.script((response) => {
    response.write('{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"8"}}}\n');
    response.socket?.destroySoon();
  });
  await expect(watching()).rejects.toMatchObject({ is: "ServerUnavailable" });
  api.script((response) => response.end('{"type":"NEWS"}\n'));
  await expect(watching()).rejects.toMatchObject({ is: "Unreadable" });
});

test("a server that does not accept a watch in time is given up, a quiet stream is not", async () => {
  api.script(() => undefined);
  const query = { resourceVersion: "1", timeoutSeconds: 300, openTimeoutMs: 100 };
  await expect(collect(api.client.watch(configMaps, query))).rejects.toMatchObject({ is: "TimedOut" });
  const quietMs = 250;
  api.script((response) => {
    response.writeHead(200);
    response.flushHeaders();
    setTimeout(() => response.end(), quietMs);
  });
  expect(await collect(api.client.watch(configMaps, query))).toEqual([]);
});

test("leaving the loop closes the connection", async () => {
  const closed = Promise.withResolvers<void>();
  api.script((response) => {
    response.on("close", () => closed.resolve());
    response.write('{"type":"ADDED","object":{}}\n');
  });
  for await (const event of api.client.watch(configMaps, { resourceVersion: "1", timeoutSeconds: 300 })) {
    expect(event.is).toBe("added");
    break;
  }
  await closed.promise;
});
