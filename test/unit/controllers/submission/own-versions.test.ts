import { expect, test } from "vitest";
import { OwnVersions } from "../../../../src/controllers/submission/own-versions.ts";
import { keyOf } from "../../../../src/kube/key.ts";
import { submission } from "../../core/submission/world.ts";

const key = keyOf({ namespace: "default", name: "a" });
const version = (resourceVersion: string) => submission({}, { metadata: { resourceVersion } });

test("the echo of an own write is no news, whether it comes during the work or after it", () => {
  const own = new OwnVersions();
  own.begin(key);
  own.read(key, version("1"));
  own.stored(key, version("2"));
  expect(own.isNews(key, "2")).toBe(false);
  own.stored(key, version("3"));
  expect(own.end(key, true)).toBe(false);
  expect(own.latest(key)).toEqual(version("3"));
  expect(own.isNews(key, "3")).toBe(false);
  expect(own.latest(key)).toBeUndefined();
});

test("an echo that overtakes the answer to its write is no news either", () => {
  const own = new OwnVersions();
  own.begin(key);
  expect(own.isNews(key, "2")).toBe(false);
  own.stored(key, version("2"));
  expect(own.end(key, true)).toBe(false);
  expect(own.latest(key)).toBeUndefined();
});

test("what somebody else writes during the work is looked at when it is over", () => {
  const own = new OwnVersions();
  own.begin(key);
  own.stored(key, version("2"));
  expect(own.isNews(key, "3")).toBe(false);
  expect(own.end(key, true)).toBe(true);
  expect(own.latest(key)).toBeUndefined();
});

test("what somebody else wrote while our echo is out is news, and so is the echo after it", () => {
  const own = new OwnVersions();
  own.begin(key);
  own.stored(key, version("2"));
  expect(own.end(key, true)).toBe(false);
  expect(own.isNews(key, "3")).toBe(true);
  expect(own.latest(key)).toBeUndefined();
  expect(own.isNews(key, "2")).toBe(true);
});

test("a write that changed nothing leaves nothing to wait for", () => {
  const own = new OwnVersions();
  own.begin(key);
  own.read(key, version("1"));
  own.stored(key, version("1"));
  expect(own.end(key, true)).toBe(false);
  expect(own.latest(key)).toBeUndefined();
});

test("of an object that has left the watch nothing is kept", () => {
  const own = new OwnVersions();
  own.begin(key);
  own.stored(key, version("2"));
  expect(own.isNews(key, undefined)).toBe(true);
  expect(own.end(key, false)).toBe(false);
  expect(own.latest(key)).toBeUndefined();
});
