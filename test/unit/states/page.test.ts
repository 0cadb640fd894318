import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { reasons } from "../../../src/core/submission/reasons.ts";
import { cases } from "../../e2e/states/cases.ts";
import { rowOf, stateIds } from "../../e2e/states/table.ts";
import { statesPage } from "./page.ts";

const root = join(import.meta.dirname, "../../..");
const page = join(root, "docs/states.md");

test("docs/states.md is as the tests' table has it (after a change: vitest run --project unit test/unit/states -u)", async () => {
  await expect(await statesPage(page)).toMatchFileSnapshot(page);
});

test("the tests of endings that the table names are there", () => {
  const tests = readFileSync(join(root, "test/e2e/endings.test.ts"), "utf8");
  const named = stateIds.map((id) => rowOf(id).inEndings ?? "");
  expect(named.filter((title) => !tests.includes(title))).toEqual([]);
});

test("each case has a title of its own", () => {
  const titles = cases.map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
});

test("each row has a reason that there is", () => {
  const known = new Set<string>(Object.values(reasons));
  expect(stateIds.map((id) => rowOf(id).reason).filter((reason) => !known.has(reason))).toEqual([]);
});
