import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";

/**
 * The faults of one round that hit, and what the oracle said of it. `void`: the complaint was found to be of the suite's own making, by a person who wrote
 * down why; such faults are shown and count for nothing.
 */
const playedRound = z.strictObject({
  at: z.iso.datetime(),
  /** Left out where the runs themselves are no longer on record, only their sums. */
  seed: z.int().optional(),
  round: z.int(),
  commit: z.string(),
  verdict: z.enum(["held", "broken", "void"]),
  complaints: z.array(z.string()),
  /** Written by a person: what was found, and the test that holds it since. */
  mended: z.string().optional(),
  /** By kind. */
  hits: z.record(z.string(), z.int().positive()),
});
export type PlayedRound = z.infer<typeof playedRound>;

/** Where a run writes as it goes, and what has been published of all runs on all machines. */
export interface LedgerFiles {
  readonly outside: string;
  readonly published: string;
}

const cache = (): string =>
  process.env["BATCHWRIGHT_CACHE"] ??
  join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "batchwright");

/** Outside the tree totals add up over runs and clones; the copy in the tree carries them to the next machine. */
export const ledgerFiles = (): LedgerFiles => ({
  outside: join(cache(), "chaos", "rounds.jsonl"),
  published: join(import.meta.dirname, "ledger.jsonl"),
});

/** @returns what was played, in order; where both files have a round the published one counts, as that is where people write what they found */
export async function readLedger(files = ledgerFiles()): Promise<readonly PlayedRound[]> {
  const [published, outside] = [await roundsIn(files.published), await roundsIn(files.outside)];
  const byKey = new Map([...outside, ...published].map((round) => [keyOf(round), round]));
  return [...byKey.values()].sort((one, other) => one.at.localeCompare(other.at) || one.round - other.round);
}

export async function addToLedger(round: PlayedRound, { outside } = ledgerFiles()): Promise<void> {
  await mkdir(dirname(outside), { recursive: true });
  await appendFile(outside, lineOf(round));
}

/** Into the tree, for the commit that tells of it. */
export async function publish(rounds: readonly PlayedRound[], { published } = ledgerFiles()): Promise<void> {
  await writeFile(published, rounds.map(lineOf).join(""));
}

export const faultsIn = (round: PlayedRound): number =>
  Object.values(round.hits).reduce((sum, count) => sum + count, 0);

export function countKinds(kinds: readonly string[]): Readonly<Record<string, number>> {
  const byKind = Map.groupBy([...kinds].sort(), (kind) => kind);
  return Object.fromEntries([...byKind].map(([kind, all]) => [kind, all.length]));
}

const keyOf = ({ at, seed, round }: PlayedRound): string => `${at} ${seed ?? ""} ${round}`;

const lineOf = (round: PlayedRound): string => `${JSON.stringify(round)}\n`;

async function roundsIn(file: string): Promise<readonly PlayedRound[]> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  });
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => playedRound.parse(JSON.parse(line)));
}
