import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { reportText } from "../../bench/report.ts";
import { rows } from "../../bench/rows.ts";
import { atLeast, atMost, exactly, isKept, quantile, told, wordsOf } from "../../bench/table.ts";

test.each([
  { measured: atLeast("rate", 0.849, 0.85, "x floor"), words: ["rate", "0.85 x floor", ">= 0.85", "short"] },
  { measured: atLeast("rate", 0.85, 0.85, "x floor"), words: ["rate", "0.85 x floor", ">= 0.85", "ok"] },
  { measured: atMost("memory", 300.4, 300, "MiB"), words: ["memory", "300 MiB", "<= 300", "short"] },
  { measured: exactly("sent", 5000, 5000), words: ["sent", "5000", "= 5000", "ok"] },
  { measured: told("rate", 12.3, "jobs/s"), words: ["rate", "12 jobs/s", "-", "-"] },
])("a line is name, value, bar and verdict: $words", ({ measured, words }) => {
  expect(wordsOf(measured)).toEqual(words);
});

test("a value that is no number keeps no bar", () => {
  expect(isKept(atMost("latency", quantile([], 0.95), 1))).toBe(false);
});

test.each([
  { values: [3, 1, 2], part: 0.5, is: 2 },
  { values: [1, 2, 3, 4], part: 0.95, is: 4 },
  { values: Array.from({ length: 100 }, (_, index) => index + 1), part: 0.95, is: 95 },
])("quantile $part of $values.length values", ({ values, part, is }) => {
  expect(quantile(values, part)).toBe(is);
});

test("where a bar is missed the report says why, and only there", () => {
  const [row] = rows;
  if (row === undefined) throw new Error("no rows");
  const why = "the machine";
  const page = (value: number): string =>
    reportText([{ ...row, whyShort: why }], {
      [row.name]: {
        at: "2026-01-01T00:00:00Z",
        commit: "c",
        machine: "m",
        scale: 1,
        measures: [atLeast("rate", value, 1)],
      },
    });
  expect(page(0.5)).toContain(`Where it is short: ${why}`);
  expect(page(1)).not.toContain("Where it is short");
});

test("docs/performance.md has a section for each row that can be measured", async () => {
  const page = await readFile(join(import.meta.dirname, "../../../docs/performance.md"), "utf8");
  const titles = [...page.matchAll(/^## (.*)$/gmu)].map(([, title]) => title);
  expect(titles).toEqual(rows.map(({ title }) => title));
});
