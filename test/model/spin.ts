import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../lab/command.ts";
import { optionsText, type Row } from "./table.ts";

/** What the search of one row found. */
export interface Found {
  /** The property that breaks, in the words of the model; undefined when every state was looked at and none does. */
  readonly broken: string | undefined;
  readonly states: number;
  readonly seconds: number;
}

const model = join(import.meta.dirname, "dispatch.pml");
const buildWithin = 120_000;
/** Of address space: the largest row of `full` takes about a quarter of it. */
const mostMemoryKiB = 12 * 1024 * 1024;

/**
 * Makes a checker of the model with the row's options and lets it look at every state, breadth first: what it finds is the shortest way to the harm.
 * @throws Error when the model has a fault, or the search ends by its limits of time and memory instead of by itself
 */
export async function check(row: Row, within: number): Promise<Found> {
  const folder = await mkdtemp(join(tmpdir(), "bwmodel-"));
  try {
    await build(row, folder);
    const since = Date.now();
    const search = await runCommand(
      "sh",
      ["-c", `cd ${folder} && ulimit -v ${mostMemoryKiB} && exec ./pan -E -w24`],
      { within },
    );
    return { ...read(search.stdout), seconds: Math.round((Date.now() - since) / 1000) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function build(row: Row, folder: string): Promise<void> {
  const defines = Object.entries(row.options).map(([name, value]) => `-D${name}=${value}`);
  const rule = row.without === undefined ? [] : [`-DNO_${row.without}`];
  const steps = [
    `cd ${folder} && cp ${join(import.meta.dirname, "*.pml")} . && spin ${[...defines, ...rule].join(" ")} -a dispatch.pml`,
    // What is quick is over before it would have been optimised.
    `cd ${folder} && gcc -O${row.cost === "quick" ? 0 : 2} -w -DSAFETY -DBFS -DCOLLAPSE -DVECTORSZ=2048 -o pan pan.c`,
  ];
  for (const step of steps) {
    const { code, stdout, stderr } = await runCommand("sh", ["-c", step], { within: buildWithin });
    if (code !== 0)
      throw new Error(
        `${model} with ${optionsText(row.options)}: "${step}" ended with ${code}:\n${stdout}${stderr}`,
      );
  }
}

/** @param report what pan prints at its end */
export function read(report: string): Omit<Found, "seconds"> {
  const states = Number(/^\s*(\d+) states, stored/mu.exec(report)?.[1] ?? Number.NaN);
  const errors = Number(/errors: (\d+)/u.exec(report)?.[1] ?? Number.NaN);
  const isCut = /Search not completed/u.test(report) && errors === 0;
  if (Number.isNaN(states) || Number.isNaN(errors) || isCut)
    throw new Error(`the search did not come to its end:\n${report.slice(0, 2000)}`);
  if (errors === 0) return { broken: undefined, states };
  return { broken: /^pan:\d*:? ?(.*)$/mu.exec(report)?.[1] ?? "something", states };
}
