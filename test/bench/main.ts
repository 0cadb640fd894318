/**
 * `make bench`: a line per measure, `name value bar ok|short`; the same as JSON beside the other caches, and as docs/performance.md.
 * `node test/bench/main.ts [--rows a,b] [--scale 0.1] [--no-report]`; $BATCHWRIGHT_LAB names a lab to use, else one is started and ended.
 * Ends with 1 when a bar is missed.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { commandOutput } from "../lab/command.ts";
import { labCommand, readLab } from "../lab/lab.ts";
import { writeReport } from "./report.ts";
import { keepResult, readResults } from "./results.ts";
import { rows } from "./rows.ts";
import { isKept, printTable } from "./table.ts";

const labWithin = 1_800_000;
const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "" },
    scale: { type: "string", default: "1" },
    "no-report": { type: "boolean", default: false },
  },
});
const scale = Number(values.scale);
const wanted = values.rows.split(",").filter((name) => name !== "");
const unknown = wanted.filter((name) => !rows.some((row) => row.name === name));
if (!(scale > 0 && scale <= 1)) throw new RangeError(`--scale ${values.scale}: is more than 0 and at most 1`);
if (unknown.length > 0)
  throw new RangeError(
    `--rows ${unknown.join(",")}: the rows are ${rows.map(({ name }) => name).join(", ")}`,
  );

const lent = process.env["BATCHWRIGHT_LAB"];
const name = lent ?? "bench";
const chosen = rows.filter((row) => wanted.length === 0 || wanted.includes(row.name));
if (chosen.length > 0)
  await commandOutput(labCommand, ["--name", name, "up", "--quiet"], { within: labWithin });
try {
  for (const row of chosen) {
    console.log(`# ${row.name}: ${row.title}`);
    const measures = await row.run({ lab: await readLab(name), scale });
    printTable(measures);
    await keepResult(row.name, { scale, measures });
    if (!measures.every(isKept)) process.exitCode = 1;
  }
  if (!values["no-report"]) await writeReport(rows, await readResults());
} finally {
  if (lent === undefined) await commandOutput(labCommand, ["--name", name, "down"], { within: labWithin });
}
