import { expect, test } from "vitest";
import { keyOf } from "../../../src/kube/key.ts";
import { Backlog } from "../../../src/runtime/backlog.ts";

const keys = ["a", "b", "c"].map((name) => keyOf({ name }));

test("nothing is owed, nothing is looked at", () => {
  expect(new Backlog(() => keys.values()).next()).toBeUndefined();
});

test("a round goes through all keys once; a refusal meanwhile asks for one more round", () => {
  const backlog = new Backlog(() => keys.values());
  expect([backlog.owe(), backlog.owe()]).toEqual([true, false]);
  const round = [backlog.next(), backlog.next()];
  backlog.owe();
  expect([...round, backlog.next(), backlog.next()]).toEqual([...keys, undefined]);
  expect([backlog.next(), backlog.next(), backlog.next(), backlog.next(), backlog.next()]).toEqual([
    ...keys,
    undefined,
    undefined,
  ]);
});
