import { expect, test } from "vitest";
import { lookFor } from "../../../../src/core/submission/look-for.ts";
import { attempt, now, row, tokenAt } from "./world.ts";

const looked = {
  begun: now,
  tick: 4,
  rows: new Map([[tokenAt(1), [row(), row({ user: "mallory", jobId: 8 })]]]),
  unreadable: new Set([tokenAt(2)]),
};

test("a stranger's job with our token is not ours", () => {
  expect(lookFor(looked, attempt())).toEqual({ begun: now, tick: 4, rows: [row()] });
});

test("our own job under another name is a failing name service: the look says nothing", () => {
  expect(
    lookFor({ ...looked, rows: new Map([[tokenAt(1), [row({ user: "nobody" })]]]) }, attempt({ jobId: "7" })),
  ).toBeUndefined();
});

test("a token without rows is looked at and absent; one with a row that cannot be read is not looked at", () => {
  expect(lookFor(looked, attempt({ index: 3 }))).toEqual({ begun: now, tick: 4, rows: [] });
  expect(lookFor(looked, attempt({ index: 2 }))).toBeUndefined();
});
