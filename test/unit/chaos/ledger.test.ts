import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  addToLedger,
  countKinds,
  type LedgerFiles,
  type PlayedRound,
  publish,
  readLedger,
} from "../../chaos/ledger.ts";
import { drawnFaults } from "../../chaos/kinds/all.ts";
import { reportOf, summaryOf } from "../../chaos/report.ts";

const round = (change: Partial<PlayedRound>): PlayedRound => ({
  at: "2026-01-02T03:04:05.000Z",
  seed: 7,
  round: 0,
  commit: "abcdef0",
  verdict: "held",
  complaints: [],
  hits: { "ssh cut, batch under way": 3 },
  ...change,
});

let files: LedgerFiles;

beforeEach(async () => {
  const directory = await mkdtemp(join(tmpdir(), "bw-ledger-"));
  files = { outside: join(directory, "chaos/rounds.jsonl"), published: join(directory, "published.jsonl") };
});

afterEach(async () => {
  await rm(join(files.published, ".."), { recursive: true });
});

test("a ledger that is not there is empty", async () => {
  expect(await readLedger(files)).toEqual([]);
});

test("rounds add up over runs, over machines, and are told once, in the order they were played in", async () => {
  const [first, second, third] = [1, 2, 3].map((day) =>
    round({ at: `2026-01-0${day}T00:00:00.000Z`, round: day }),
  );
  if (first === undefined || second === undefined || third === undefined) throw new Error("three rounds");
  await publish([first, third], files);
  for (const each of [second, third]) await addToLedger(each, files);
  expect(await readLedger(files)).toEqual([first, second, third]);
  await publish(await readLedger(files), files);
  expect(await readLedger(files)).toEqual([first, second, third]);
});

test("what a person wrote in the published copy counts", async () => {
  const broken = round({ verdict: "broken", complaints: ["ran twice"] });
  await addToLedger(broken, files);
  await publish([{ ...broken, mended: "by a test" }], files);
  expect(await readLedger(files)).toEqual([{ ...broken, mended: "by a test" }]);
});

test("a line that is no round is an error that says what is wrong, and not a ledger without it", async () => {
  await publish([{ ...round({}), hits: { "ssh cut": -1 } }], files);
  await expect(readLedger(files)).rejects.toThrow("hits");
});

test("the summary counts what held and what broke by kind, and nothing that was made void", () => {
  const kind = "ssh cut, batch under way";
  const ledger = [
    round({}),
    round({ round: 1, hits: countKinds([kind, "ssh refused", kind]) }),
    round({ round: 2, verdict: "broken", complaints: ["lost"], mended: "a fence was lost" }),
    round({ round: 3, verdict: "void", complaints: ["two suites at once"] }),
  ];
  const summary = summaryOf(ledger, drawnFaults).find((each) => each.kind === kind);
  expect(summary).toMatchObject({ held: 5, broken: 3 });
  const report = reportOf(ledger);
  expect(report).toContain("**9 faults, 3 of them in rounds with a complaint.**");
  expect(report).toContain("- 3 faults: a fence was lost");
  expect(report).toContain("- 3 faults: two suites at once");
  expect(report).toContain("| 7 | 0 | abcdef0 | 2026-01-02 | 4 | 12 |");
});
