import { expect, test } from "vitest";
import { instant } from "../../../../src/core/instant.ts";
import { Ceilings } from "../../../../src/core/submission/ceilings.ts";

const login = { cluster: "c1", user: "alice" };
const at = (seconds: number) => instant(seconds * 1000);

/** How many of ours may be there at that time. */
function mostAt(ceilings: Ceilings, seconds: number): number {
  for (let count = 1; count < 5000; count += 1)
    if (ceilings.check(login, count, at(seconds)) !== undefined) return count;
  return Infinity;
}

test("nobody is held up before Slurm has refused somebody, and then only those of the same login", () => {
  const ceilings = new Ceilings();
  expect(ceilings.check(login, 1000, at(0))).toBeUndefined();
  ceilings.reached(login, 10, at(0));
  expect(ceilings.check(login, 9, at(0))).toBeUndefined();
  expect(ceilings.check(login, 10, at(0))).toEqual({
    policy: "waiting",
    reason: "SubmitLimitReached",
    message: expect.stringContaining('one of alice on cluster "c1" when 10 of ours were there'),
  });
  expect(ceilings.check({ ...login, user: "bob" }, 10, at(0))).toBeUndefined();
  expect(ceilings.check({ ...login, cluster: "c2" }, 10, at(0))).toBeUndefined();
});

test("a ceiling is raised by more each half minute, and is gone when nothing comes of it", () => {
  const ceilings = new Ceilings();
  ceilings.reached(login, 10, at(0));
  expect([29, 30, 59, 60, 90].map((seconds) => mostAt(ceilings, seconds))).toEqual([10, 11, 11, 13, 17]);
  for (let seconds = 120; seconds <= 300; seconds += 30) mostAt(ceilings, seconds);
  expect(mostAt(ceilings, 330)).toBe(Infinity);
});

test("where none of ours is there, nobody waits for one to end", () => {
  const ceilings = new Ceilings();
  ceilings.reached(login, 0, at(0));
  expect(ceilings.check(login, 0, at(0))).toBeUndefined();
  expect(ceilings.check(login, 1, at(0))).toBeDefined();
});

test("a refusal puts it back to where it is", () => {
  const ceilings = new Ceilings();
  ceilings.reached(login, 10, at(0));
  expect(mostAt(ceilings, 30)).toBe(11);
  ceilings.reached(login, 8, at(31));
  expect([31, 60, 61].map((seconds) => mostAt(ceilings, seconds))).toEqual([8, 8, 9]);
});
