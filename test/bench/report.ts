import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commandOutput } from "../lab/command.ts";
import type { Result, Results } from "./results.ts";
import type { Row } from "./row.ts";
import { isKept, wordsOf } from "./table.ts";

const root = join(import.meta.dirname, "../..");

/** Writes docs/performance.md from the last result of each row. */
export async function writeReport(
  rows: readonly Row[],
  results: Results,
  file = join(root, "docs/performance.md"),
): Promise<void> {
  await writeFile(file, reportText(rows, results));
  await commandOutput(join(root, "node_modules/.bin/prettier"), ["--write", file]);
}

export function reportText(rows: readonly Row[], results: Results): string {
  return [...opening, ...rows.flatMap((row) => sectionOf(row, results[row.name]))].join("\n");
}

const opening = [
  "# Performance",
  "",
  "Written by `make bench`; not edited by hand. Each row keeps the result of its last run (`make bench ROWS=accepted,idle` runs only these, `SCALE=0.1` a tenth of the sizes), and the page is made of all of them.",
  "",
  "Everything is measured on the parts of [the lab](../test/lab/README.md) on one machine: etcd and the API server, slurmctld, slurmdbd and sshd of Slurm 22.05, and the operator as it is deployed (its rights, its limit on memory), all sharing the machine's processors. Rates are therefore told in terms of a floor that is measured in the same run, before and after; on other machines the rates differ, and the ratio says what Batchwright adds.",
  "",
];

function sectionOf(row: Row, result: Result | undefined): readonly string[] {
  const head = [`## ${row.title}`, "", row.how, ""];
  if (result === undefined) return [...head, "Not measured yet.", ""];
  const { at, commit, machine, scale, measures } = result;
  const size = scale === 1 ? "" : `, at ${scale} of the sizes`;
  return [
    ...head,
    "| what | value | bar | |",
    "| --- | ---: | --- | --- |",
    ...measures.map((measured) => `| ${wordsOf(measured).join(" | ")} |`),
    "",
    ...(measures.every(isKept) || row.whyShort === undefined
      ? []
      : [`Where it is short: ${row.whyShort}`, ""]),
    `_${at.slice(0, 10)}, commit ${commit}, ${machine}${size}._`,
    "",
  ];
}
