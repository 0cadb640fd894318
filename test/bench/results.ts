import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { cpus, homedir, totalmem } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { z } from "zod";
import { commandOutput } from "../lab/command.ts";
import { measure, type Measure } from "./table.ts";

/** The last run of a row. */
const result = z.object({
  at: z.string(),
  commit: z.string(),
  machine: z.string(),
  scale: z.number(),
  measures: z.array(measure),
});
export type Result = Readonly<z.infer<typeof result>>;

const results = z.record(z.string(), result);
export type Results = Readonly<z.infer<typeof results>>;

const cache = (): string =>
  process.env["BATCHWRIGHT_CACHE"] ??
  join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "batchwright");

/** Outside the tree: all rows together take the better part of an hour, and may be measured one at a time. */
export const resultsFile = (): string => join(cache(), "bench", "results.json");

export async function readResults(file = resultsFile()): Promise<Results> {
  const text = await readFile(file, "utf8").catch(() => "{}");
  return results.parse(JSON.parse(text));
}

/** Keeps the results of this row in place of what an earlier run has left. */
export async function keepResult(
  row: string,
  measured: { readonly scale: number; readonly measures: readonly Measure[] },
  file = resultsFile(),
): Promise<void> {
  const { scale, measures } = measured;
  const commit = await commandOutput("git", ["-C", import.meta.dirname, "describe", "--always", "--dirty"]);
  const kept: Results = {
    ...(await readResults(file)),
    [row]: {
      at: new Date().toISOString(),
      commit: commit.trim(),
      machine: machine(),
      scale,
      measures: [...measures],
    },
  };
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, `${JSON.stringify(kept, null, 2)}\n`);
  await rename(`${file}.new`, file);
}

function machine(): string {
  const [processor] = cpus();
  return `${cpus().length} × ${processor?.model.trim() ?? "processor"}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
}
