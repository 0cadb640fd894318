import { describe, expect, test } from "vitest";
import { chooseDirectories, type Standing } from "../../../../src/core/cleanup/choice.ts";
import type { OverDirectory } from "../../../../src/core/cleanup/over.ts";
import { after, instant } from "../../../../src/core/instant.ts";
import { tokenOf, uidOfToken } from "../../../../src/core/slurm/token.ts";

const day = 86_400_000;
const now = instant(Date.UTC(2026, 0, 1));
const uid = "0b5c2a6e-6f6f-4c51-9f0e-0a7a3c1d2e3f";
const token = tokenOf({ install: "it", uid, index: 1 });

/** Opened 101 days ago, its last mark 100 days old. */
const directory: OverDirectory = {
  token,
  lastMarkAt: after(now, -100 * day),
  attempt: { deadline: after(now, -94 * day), cluster: "c1" },
};

const standing: Standing = {
  install: "it",
  cluster: "c1",
  retentionMs: 30 * day,
  isAlone: true,
  isLive: () => false,
  isNeeded: () => false,
  isInQueue: () => false,
};

const choose = (changes: Partial<OverDirectory>, stands: Partial<Standing> = {}) =>
  chooseDirectories({ now, directories: [{ ...directory, ...changes }] }, { ...standing, ...stands });
const kept = (why: string) => ({ forget: [], kept: [{ token, why }] });

test("what is over, old, and nobody's any more goes, with the deadline that its attempt had", () => {
  expect(choose({})).toEqual({ forget: [{ token, deadline: after(now, -94 * day) }], kept: [] });
});

test("nothing that a live submission names goes, however old and closed it is", () => {
  expect(choose({}, { isLive: (asked) => asked === token })).toEqual(kept("Live"));
});

test("what a live submission depends on stays for it to read", () => {
  expect(choose({}, { isNeeded: (asked) => asked === token })).toEqual(kept("Needed"));
});

test("a job that the queue shows keeps its directory, although it is closed", () => {
  expect(choose({}, { isInQueue: (asked) => asked === token })).toEqual(kept("InQueue"));
});

test.each(["other", "i", "it2"])("a token of another install is not touched: %s", (install) => {
  expect(choose({}, { install })).toEqual(kept("Foreign"));
});

test("a directory of another SlurmCluster stays, also in the same place", () => {
  expect(choose({}, { cluster: "c2" })).toEqual(kept("OtherCluster"));
  expect(choose({}, { isAlone: false }).forget).toHaveLength(1);
});

describe("a directory from before the attempt was kept beside its marks", () => {
  test("gets a deadline that no put of it can come after", () => {
    expect(choose({ attempt: undefined }).forget).toEqual([{ token, deadline: after(now, (8 - 100) * day) }]);
  });

  test("stays where it may be of another SlurmCluster", () => {
    expect(choose({ attempt: undefined }, { isAlone: false })).toEqual(kept("OtherCluster"));
  });
});

describe("its age", () => {
  test("is that of its last mark, to the millisecond", () => {
    const at = (ms: number) => choose({ lastMarkAt: after(now, -ms) });
    expect(at(30 * day).forget).toHaveLength(1);
    expect(at(30 * day - 1)).toEqual(kept("Young"));
  });

  test("is never more than that of its attempt, whatever a wrong clock wrote into the marks", () => {
    const opened = (daysAgo: number) =>
      choose({
        lastMarkAt: instant(0),
        attempt: { deadline: after(now, (7 - daysAgo) * day), cluster: "c1" },
      });
    expect(opened(29)).toEqual(kept("Young"));
    expect(opened(30).forget).toHaveLength(1);
  });

  test("is none for marks of the future", () => {
    expect(choose({ lastMarkAt: after(now, day) })).toEqual(kept("Young"));
  });
});

test("each directory is judged for itself, in its order", () => {
  const tokens = [1, 2, 3].map((index) => tokenOf({ install: "it", uid, index }));
  const directories = tokens.map((each) => ({ ...directory, token: each }));
  const choice = chooseDirectories(
    { now, directories },
    { ...standing, isLive: (asked) => asked === tokens[1] },
  );
  expect(choice.forget.map((each) => each.token)).toEqual([tokens[0], tokens[2]]);
  expect(choice.kept).toEqual([{ token: tokens[1], why: "Live" }]);
});

test("a token tells the UID of its object", () => {
  expect(uidOfToken(token)).toBe(uid);
});
