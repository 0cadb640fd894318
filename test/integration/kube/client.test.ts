import { afterAll, beforeAll, expect, test } from "vitest";
import { keyOf } from "../../../src/kube/key.ts";
import { kubeObject, writtenObject } from "../../../src/kube/metadata.ts";
import { type Bench, configMaps, namespaces, openBench } from "./bench.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

function applying(name: string, data: object, options: { fieldManager: string; force?: boolean }) {
  return bench.client.apply(configMaps, bench.key(name), { object: { data }, ...options }, kubeObject);
}

test("each refusal of the API server has its own type", async () => {
  const { client, key, namespace, put } = bench;
  const { metadata } = await put("taken", { a: "1" });
  const create = (name: string, where: string) =>
    client.create(configMaps, { namespace: where, object: { metadata: { name } } }, writtenObject);

  await expect(create("taken", namespace)).rejects.toMatchObject({ is: "AlreadyExists", status: 409 });
  await expect(create("No Name", namespace)).rejects.toMatchObject({
    is: "Invalid",
    causes: [{ reason: "FieldValueInvalid", field: "metadata.name" }],
  });
  await expect(create("lost", "no-such-namespace")).rejects.toMatchObject({
    is: "NotFound",
    about: { kind: "namespaces", name: "no-such-namespace" },
  });
  await expect(client.get(configMaps, key("missing"), kubeObject)).rejects.toMatchObject({
    is: "NotFound",
    about: { kind: "configmaps", name: "missing" },
  });
  await expect(
    client.find({ ...configMaps, group: "nobody.example" }, key("missing"), kubeObject),
  ).rejects.toMatchObject({ is: "NotServed" });
  await expect(
    client.mergePatch(configMaps, key("taken"), { merge: { data: {} }, resourceVersion: "1" }, writtenObject),
  ).rejects.toMatchObject({ is: "Conflict" });
  await expect(
    client.jsonPatch(
      configMaps,
      key("taken"),
      { operations: [{ op: "test", path: "/metadata/uid", value: "other" }] },
      writtenObject,
    ),
  ).rejects.toMatchObject({ is: "Invalid" });
  await expect(
    client.delete(configMaps, key("taken"), { preconditions: { uid: `${metadata.uid.slice(0, -1)}x` } }),
  ).rejects.toMatchObject({ is: "Conflict" });
  await expect(
    client.list(configMaps, { namespace, continueToken: "nonsense" }, kubeObject),
  ).rejects.toMatchObject({
    is: "Refused",
    status: 400,
  });
});

test("an applied field of another manager is a conflict unless it is taken over", async () => {
  await applying("shared", { a: "1" }, { fieldManager: "first" });
  await expect(applying("shared", { a: "2" }, { fieldManager: "second" })).rejects.toMatchObject({
    is: "Conflict",
    causes: [{ reason: "FieldManagerConflict", field: ".data.a" }],
  });
  const taken = await applying("shared", { a: "2" }, { fieldManager: "second", force: true });
  expect(taken["data"]).toEqual({ a: "2" });
});

test("a JSON patch with a test removes one finalizer and only if it is the expected one", async () => {
  const { client, direct, key } = bench;
  const object = { metadata: { finalizers: ["example.com/keep"] } };
  await direct.apply(configMaps, key("held"), { object, fieldManager: "test" }, kubeObject);
  await client.delete(configMaps, key("held"));
  const held = await client.get(configMaps, key("held"), kubeObject);
  expect(held.metadata).toMatchObject({
    finalizers: ["example.com/keep"],
    deletionTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/u) as string,
  });
  const operations = [
    { op: "test", path: "/metadata/finalizers/0", value: "example.com/keep" },
    { op: "remove", path: "/metadata/finalizers/0" },
  ] as const;
  await client.jsonPatch(configMaps, key("held"), { operations }, kubeObject);
  expect(await client.find(configMaps, key("held"), kubeObject)).toBeUndefined();
});

test("a status is written beside the spec, by patch and by apply", async () => {
  const { client, namespace } = bench;
  const key = keyOf({ name: namespace });
  const conditions = [
    {
      type: "Tested",
      status: "True",
      reason: "Test",
      message: "written by a test",
      lastTransitionTime: "2026-01-01T00:00:00Z",
    },
  ];
  const { metadata } = await client.get(namespaces, key, kubeObject);
  const patched = await client.patchStatus(
    namespaces,
    key,
    { merge: { status: { conditions } }, resourceVersion: metadata.resourceVersion },
    kubeObject,
  );
  expect(patched["status"]).toMatchObject({ conditions });
  const applied = await client.applyStatus(
    namespaces,
    key,
    {
      object: { status: { conditions: [{ ...conditions[0], status: "False" }] } },
      fieldManager: "test",
      force: true,
    },
    kubeObject,
  );
  expect(applied["status"]).toMatchObject({ conditions: [{ type: "Tested", status: "False" }] });
});

test("pages together are the whole list, of one moment", async () => {
  const { client, put, namespace } = bench;
  for (let i = 0; i < 12; i++) await put(`page-${i}`, { i: String(i) });
  const whole = await client.list(configMaps, { namespace }, kubeObject);
  const names: string[] = [];
  const versions = new Set<string>();
  let continueToken: string | undefined;
  let pages = 0;
  do {
    const page = await client.list(configMaps, { namespace, limit: 5, continueToken }, kubeObject);
    names.push(...page.items.map((item) => item.metadata.name));
    versions.add(page.resourceVersion);
    continueToken = page.continueToken;
    pages += 1;
  } while (continueToken !== undefined);
  expect(names).toEqual(whole.items.map((item) => item.metadata.name));
  expect([pages, versions.size]).toEqual([Math.ceil(names.length / 5), 1]);
});

test("a read always shows the own last write", async () => {
  const { client, key } = bench;
  for (let i = 0; i < 30; i++) {
    await applying("own", { i: String(i) }, { fieldManager: "test" });
    expect((await client.get(configMaps, key("own"), kubeObject))["data"]).toEqual({ i: String(i) });
  }
});

test("300 calls in a row share a connection or two, 50 at a time use no more than 64", async () => {
  await using fresh = await openBench();
  const { client, key, proxy, put } = fresh;
  await put("one", {});
  const read = async () => client.get(configMaps, key("one"), writtenObject);
  for (let i = 0; i < 300; i++) await read();
  expect(proxy.accepted).toBeLessThanOrEqual(2);
  for (let i = 0; i < 6; i++) await Promise.all(Array.from({ length: 50 }, read));
  expect(proxy.accepted).toBeLessThanOrEqual(64);
  expect(proxy.open).toBe(proxy.accepted);
});
