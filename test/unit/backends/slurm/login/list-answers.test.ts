import { expect, test } from "vitest";
import { readListAnswers } from "../../../../../src/backends/slurm/login/list-answers.ts";
import { tokenOf } from "../../../../../src/core/slurm/token.ts";

const [first, second] = [1, 2].map((index) =>
  tokenOf({ install: "it", uid: "0b5c2a6e-6f6f-4c51-9f0e-0a7a3c1d2e3f", index }),
);

test("a page has the cluster's time, its directories, and where it goes on", () => {
  expect(
    readListAnswers([
      ["clock", "1800000000"],
      [first!, "1700000000", "1700000100", "c1"],
      [second!, "1700000000", "-", "-"],
      ["next", second!],
    ]),
  ).toEqual({
    now: 1_800_000_000_000,
    directories: [
      {
        token: first,
        lastMarkAt: 1_700_000_000_000,
        attempt: { deadline: 1_700_000_100_000, cluster: "c1" },
      },
      { token: second, lastMarkAt: 1_700_000_000_000, attempt: undefined },
    ],
    next: second,
  });
});

test("what is no token, or has no time, is no directory of ours", () => {
  const odd = [["../../home", "1700000000", "-", "-"], [first!, "", "-", "-"], [first!], ["next", "x"]];
  expect(readListAnswers([["clock", "1"], ...odd])).toEqual({ now: 1000, directories: [], next: undefined });
});

test("a login that cannot read, or does not tell its time, is a failure and no empty page", () => {
  const text = Buffer.from("cannot read /x").toString("base64");
  expect(() =>
    readListAnswers([
      ["clock", "1"],
      ["failed", text],
    ]),
  ).toThrow("cannot read /x");
  expect(() => readListAnswers([])).toThrow("did not tell its time");
});
