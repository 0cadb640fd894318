import { appendFile, mkdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";

/**
 * One fault that hit, and what the oracle said of its round. `void`: the complaint was found to be of the suite's own making, by a person who wrote down why;
 * such faults are shown and count for nothing.
 */
const entry = z.object({
  at: z.string(),
  kind: z.string(),
  seed: z.int(),
  round: z.int(),
  commit: z.string(),
  verdict: z.enum(["held", "broken", "void"]),
  complaints: z.array(z.string()),
  /** Written by a person: what was found, and the test that holds it since. */
  mended: z.string().optional(),
});
export type Entry = z.infer<typeof entry>;

const cache = (): string =>
  process.env["BATCHWRIGHT_CACHE"] ??
  join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "batchwright");

/** Outside the tree: totals add up over runs, and over clones. */
export const ledgerFile = (): string => join(cache(), "chaos", "ledger.jsonl");

export async function readLedger(file = ledgerFile()): Promise<readonly Entry[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => entry.parse(JSON.parse(line)));
}

export async function addToLedger(entries: readonly Entry[], file = ledgerFile()): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await appendFile(file, entries.map((each) => `${JSON.stringify(each)}\n`).join(""));
}
