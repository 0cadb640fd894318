import { readFile, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keyOf } from "../../../src/kube/key.ts";
import { kubeObject } from "../../../src/kube/metadata.ts";
import { type ScriptedServer, cutOff, json, startScriptedServer } from "./scripted-server.ts";

const configMaps = { group: "", version: "v1", plural: "configmaps", kind: "ConfigMap", namespaced: true };
const key = keyOf({ namespace: "a", name: "b" });
const metadata = {
  name: "b",
  namespace: "a",
  uid: "u",
  resourceVersion: "7",
  creationTimestamp: "2026-11-22T23:13:12Z",
};
const object = { metadata, data: { x: "1" }, fieldOfTheFuture: { kept: true } };
const found = json(200, object);

let api: ScriptedServer;
beforeEach(async () => {
  api = await startScriptedServer();
});
afterEach(async () => {
  await api[Symbol.asyncDispose]();
});

test("an object comes as raw JSON: unknown fields stay, times are strings", async () => {
  api.script(found);
  expect(await api.client.get(configMaps, key, kubeObject)).toEqual({
    ...object,
    metadata: { ...metadata, finalizers: [], labels: {}, annotations: {}, ownerReferences: [] },
  });
});

test("the API server's clock is known from its answers, and goes on between them", async () => {
  api.script(json(200, object, { date: "Sun, 22 Nov 2026 12:00:00 GMT" }));
  expect(api.client.serverTime()).toBeUndefined();
  await api.client.get(configMaps, key, kubeObject);
  const noon = Date.parse("2026-11-22T12:00:00Z");
  const first = api.client.serverTime() ?? 0;
  expect(first).toBeGreaterThanOrEqual(noon);
  expect(first).toBeLessThan(noon + 3_600_000);
  expect(api.client.serverTime()).toBeGreaterThanOrEqual(first);
});

test("429 and 503 are waited out as the server asks, then the call goes through", async () => {
  api.script(
    json(429, { kind: "Status", message: "too many" }, { "retry-after": "0" }),
    json(503, { kind: "Status", message: "starting" }, { "retry-after": "0" }),
    found,
  );
  await api.client.get(configMaps, key, kubeObject);
  expect(api.seen).toHaveLength(3);
});

test("a wait beyond the time limit is not begun", async () => {
  api.script(json(429, { kind: "Status", message: "too many" }, { "retry-after": "60" }));
  await expect(api.client.get(configMaps, key, kubeObject, { timeoutMs: 5_000 })).rejects.toMatchObject({
    is: "TooManyRequests",
    retryAfterMs: 60_000,
  });
  expect(api.seen).toHaveLength(1);
});

test("tries are bounded", async () => {
  api.script(json(500, { kind: "Status", message: "broken" }, { "retry-after": "0" }));
  await expect(api.client.get(configMaps, key, kubeObject)).rejects.toMatchObject({
    is: "ServerUnavailable",
    status: 500,
  });
  expect(api.seen).toHaveLength(4);
});

test("a create whose answer was lost is not sent again, and the error says that it may have happened", async () => {
  api.script(cutOff);
  const creating = api.client.create(
    configMaps,
    { namespace: "a", object: { metadata: { name: "b" } } },
    kubeObject,
  );
  await expect(creating).rejects.toMatchObject({ is: "ServerUnavailable", delivery: "unclear" });
  expect(api.seen.map((request) => request.method)).toEqual(["POST"]);
});

test("an apply whose answer was lost is sent again, word for word", async () => {
  api.script(cutOff, found);
  await api.client.apply(
    configMaps,
    key,
    { object: { data: { x: "1" } }, fieldManager: "me", force: true },
    kubeObject,
  );
  const sent = {
    method: "PATCH",
    url: "/api/v1/namespaces/a/configmaps/b?fieldManager=me&force=true",
    authorization: "Bearer first",
    body: JSON.stringify({
      data: { x: "1" },
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "b", namespace: "a" },
    }),
  };
  expect(api.seen).toEqual([sent, sent]);
});

test("a server that never answers ends in TimedOut, also when it stalls within the body", async () => {
  api.script(() => undefined);
  const call = { timeoutMs: 100 };
  await expect(api.client.get(configMaps, key, kubeObject, call)).rejects.toMatchObject({ is: "TimedOut" });
  api.script((response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.write('{"metadata":');
  });
  await expect(api.client.get(configMaps, key, kubeObject, call)).rejects.toMatchObject({ is: "TimedOut" });
});

test("a call that waits for a connection keeps its time limit too", async () => {
  api.script(() => undefined);
  const stop = new AbortController();
  const hanging = Array.from({ length: 64 }, async () =>
    api.client.get(configMaps, key, kubeObject, { signal: stop.signal }),
  );
  const startedAt = performance.now();
  await expect(api.client.get(configMaps, key, kubeObject, { timeoutMs: 200 })).rejects.toMatchObject({
    is: "TimedOut",
  });
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  stop.abort();
  const outcomes = await Promise.allSettled(hanging);
  expect(new Set(outcomes.map((outcome) => outcome.status))).toEqual(new Set(["rejected"]));
  api.script(found);
  await api.client.get(configMaps, key, kubeObject);
});

test("the caller's signal ends a call, and closing the client ends all", async () => {
  const stop = new AbortController();
  api.script(() => stop.abort());
  await expect(api.client.get(configMaps, key, kubeObject, { signal: stop.signal })).rejects.toMatchObject({
    is: "Aborted",
  });
  api.script(() => void api.client[Symbol.asyncDispose]());
  await expect(api.client.get(configMaps, key, kubeObject)).rejects.toMatchObject({ is: "Aborted" });
});

test("after a 401 the kubeconfig is read again and the call is tried once more, a create too", async () => {
  const created = json(201, object);
  api.script((response, request) => {
    if (request.authorization === "Bearer second") created(response, request);
    else json(401, { kind: "Status", message: "Unauthorized" })(response, request);
  });
  const text = await readFile(api.kubeconfig, "utf8");
  await writeFile(api.kubeconfig, text.replace("first", "second"));
  // The client loaded "first" when it was opened.
  await api.client.create(configMaps, { namespace: "a", object: { metadata: { name: "b" } } }, kubeObject);
  expect(api.seen.map((request) => request.authorization)).toEqual(["Bearer first", "Bearer second"]);
});

test("credentials that stay wrong are reported after one more try", async () => {
  api.script(json(401, { kind: "Status", message: "Unauthorized" }));
  await expect(api.client.get(configMaps, key, kubeObject)).rejects.toMatchObject({ is: "Unauthorized" });
  expect(api.seen).toHaveLength(2);
});

test("an answer that is no JSON, or no such object, is Unreadable and named", async () => {
  api.script((response) => response.end("<html>"));
  await expect(api.client.get(configMaps, key, kubeObject)).rejects.toMatchObject({
    is: "Unreadable",
    message: "get configmaps a/b: the answer is no JSON: <html>",
  });
  api.script(json(200, { metadata: { name: "b" } }));
  await expect(api.client.get(configMaps, key, kubeObject)).rejects.toMatchObject({
    is: "Unreadable",
    request: "get configmaps a/b",
  });
});

test("find takes a missing object for undefined, and nothing else", async () => {
  api.script(json(404, { kind: "Status", message: "not found", details: { name: "b" } }));
  expect(await api.client.find(configMaps, key, kubeObject)).toBeUndefined();
  api.script((response) => {
    response.writeHead(404);
    response.end("404 page not found\n");
  });
  await expect(api.client.find(configMaps, key, kubeObject)).rejects.toMatchObject({ is: "NotServed" });
});

test("a refused connection says that nothing was sent", async () => {
  await writeFile(
    api.kubeconfig,
    (await readFile(api.kubeconfig, "utf8")).replace(/127\.0\.0\.1:\d+/u, "127.0.0.1:1"),
  );
  api.script(json(401, { kind: "Status", message: "Unauthorized" }));
  await expect(api.client.get(configMaps, key, kubeObject)).rejects.toMatchObject({
    is: "ServerUnavailable",
    delivery: "never",
  });
});

test("a patch is sent with its version and its type", async () => {
  api.script(found);
  await api.client.patchStatus(
    configMaps,
    key,
    { merge: { status: { a: 1 } }, resourceVersion: "7" },
    kubeObject,
  );
  await api.client.jsonPatch(configMaps, key, { operations: [{ op: "remove", path: "/data" }] }, kubeObject);
  await api.client.delete(configMaps, key, { preconditions: { uid: "u" }, propagation: "Background" });
  const sent = api.seen.map(({ method, url, body }): unknown[] => [method, url, JSON.parse(body)]);
  expect(sent).toEqual([
    [
      "PATCH",
      "/api/v1/namespaces/a/configmaps/b/status",
      { status: { a: 1 }, metadata: { resourceVersion: "7" } },
    ],
    ["PATCH", "/api/v1/namespaces/a/configmaps/b", [{ op: "remove", path: "/data" }]],
    [
      "DELETE",
      "/api/v1/namespaces/a/configmaps/b",
      {
        apiVersion: "v1",
        kind: "DeleteOptions",
        preconditions: { uid: "u" },
        propagationPolicy: "Background",
      },
    ],
  ]);
});
