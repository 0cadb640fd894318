import { expect, test } from "vitest";
import { isKey, keyOf, splitKey } from "../../../src/kube/key.ts";

test("a key names an object by namespace and name, or by name alone", () => {
  expect(splitKey(keyOf({ namespace: "physics", name: "silicon" }))).toEqual({
    namespace: "physics",
    name: "silicon",
  });
  expect(splitKey(keyOf({ name: "cluster-one" }))).toEqual({ namespace: undefined, name: "cluster-one" });
});

test("what could be read in two ways is no key", () => {
  expect(() => keyOf({ name: "a/b" })).toThrow('"a/b" is no object key');
  expect(() => keyOf({ namespace: "a", name: "b/c" })).toThrow('"a/b/c" is no object key');
  expect(() => keyOf({ namespace: "", name: "b" })).toThrow('"/b" is no object key');
  expect(["", "/", "a/", "/a", "a b", "a/b/c"].filter(isKey)).toEqual([]);
});
