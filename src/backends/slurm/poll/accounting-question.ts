import { after, instant, type Instant } from "../../../core/instant.ts";
import type { Token } from "../../../core/slurm/token.ts";
import { accountingDelimiter, accountingFields } from "./accounting-fields.ts";
import { quoteWord } from "./ask.ts";

/** A job that accounting is asked for: by id where one is known, else all jobs of its user since the intent. */
export interface SoughtJob {
  readonly token: Token;
  readonly jobId: number | undefined;
  readonly user: string;
  /** When its attempt was opened, by our clock. */
  readonly since: Instant;
}

/** sacct takes ids as one word of its command line, and a line has its limits (128 KiB a word on Linux). */
const idsPerQuery = 500;

/** Clocks differ and are set right, by hours at times; a row that is looked for too early costs next to nothing. */
const margin = 86_400_000;

/**
 * The sacct commands that find these jobs; `-D` shows earlier runs too, and without `-X`, where few jobs are meant, each run's steps follow it: only they know how much memory was used. By id it also finds jobs that were never eligible (held, cancelled before their
 * begin time) and the rest of an array that was cancelled while pending; a time window alone does not (measured on 22.05).
 *
 * @param clockAhead how far the cluster's clock is ahead of ours, in milliseconds
 */
export function accountingCommands(
  jobs: readonly SoughtJob[],
  options: { readonly nonce: string; readonly clockAhead: number },
): readonly string[] {
  const known = jobs.filter((job) => job.jobId !== undefined);
  const unknown = jobs.filter((job) => job.jobId === undefined);
  const byId = chunksOf(known, idsPerQuery).map((chunk) => {
    const ids = new Set(chunk.map((job) => String(job.jobId)));
    return sacct(chunk, `-j ${[...ids].join(",")}`, options);
  });
  const users = new Set(unknown.map((job) => job.user));
  const byUser =
    users.size === 0 ? [] : [sacct(unknown, `-X -u ${quoteWord([...users].join(","))}`, options)];
  return [...byId, ...byUser];
}

function sacct(
  jobs: readonly SoughtJob[],
  selection: string,
  { nonce, clockAhead }: { nonce: string; clockAhead: number },
): string {
  const first = instant(Math.min(...jobs.map((job) => job.since)));
  const since = new Date(after(first, clockAhead - margin)).toISOString().slice(0, 19);
  const delimiter = quoteWord(accountingDelimiter(nonce));
  return `sacct -anPD -S ${since} ${selection} --delimiter=${delimiter} -o ${accountingFields.join(",")}`;
}

function chunksOf<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) =>
    items.slice(n * size, (n + 1) * size),
  );
}
