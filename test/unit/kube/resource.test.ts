import { expect, test } from "vitest";
import { keyOf } from "../../../src/kube/key.ts";
import { apiVersionOf, collectionPath, objectPath, resourceName } from "../../../src/kube/resource.ts";

const configMaps = { group: "", version: "v1", plural: "configmaps", kind: "ConfigMap", namespaced: true };
const leases = {
  group: "coordination.k8s.io",
  version: "v1",
  plural: "leases",
  kind: "Lease",
  namespaced: true,
};
const nodes = { group: "", version: "v1", plural: "nodes", kind: "Node", namespaced: false };

test("the core group and named groups have their own roots", () => {
  expect(objectPath(configMaps, keyOf({ namespace: "a", name: "b" }))).toBe(
    "/api/v1/namespaces/a/configmaps/b",
  );
  expect(objectPath(leases, keyOf({ namespace: "a", name: "b" }), "status")).toBe(
    "/apis/coordination.k8s.io/v1/namespaces/a/leases/b/status",
  );
  expect([apiVersionOf(configMaps), apiVersionOf(leases)]).toEqual(["v1", "coordination.k8s.io/v1"]);
  expect([resourceName(configMaps), resourceName(leases)]).toEqual([
    "configmaps",
    "leases.coordination.k8s.io",
  ]);
});

test("a collection is of one namespace or of all", () => {
  expect(collectionPath(leases, "a")).toBe("/apis/coordination.k8s.io/v1/namespaces/a/leases");
  expect(collectionPath(leases, undefined)).toBe("/apis/coordination.k8s.io/v1/leases");
  expect(objectPath(nodes, keyOf({ name: "n1" }))).toBe("/api/v1/nodes/n1");
});

test("a name cannot leave its place in the path", () => {
  expect(objectPath(nodes, keyOf({ name: "..%2f?x=1" }))).toBe("/api/v1/nodes/..%252f%3Fx%3D1");
});

test("a key that does not fit the scope is a programming error", () => {
  expect(() => objectPath(configMaps, keyOf({ name: "b" }))).toThrow(
    'configmaps is namespaced, but key "b" has no namespace',
  );
  expect(() => objectPath(nodes, keyOf({ namespace: "a", name: "b" }))).toThrow(
    'nodes is cluster-scoped, but namespace "a" was given',
  );
});
