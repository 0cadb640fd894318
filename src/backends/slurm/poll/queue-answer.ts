import { isSameJob, type JobRow } from "../../../core/slurm/job-row.ts";
import { tokenFromCommand, type Token } from "../../../core/slurm/token.ts";
import { rowEnd } from "./queue-fields.ts";
import { readQueueRow, splitRow } from "./queue-row.ts";

export type RowsByToken = ReadonlyMap<Token, readonly JobRow[]>;
export const noRows: RowsByToken = new Map();

export interface QueueAnswer {
  readonly rows: RowsByToken;
  /** Rows of everybody's jobs in the answer. */
  readonly total: number;
  /** Tokens with a row that could not be read, and the first few of those rows, cut. */
  readonly unreadable: ReadonlySet<Token>;
  readonly samples: readonly string[];
}

const maxSamples = 5;

/**
 * Rows of this install in squeue's output. The others are dropped before they are taken apart. A row of ours that cannot be read leaves
 * its job as it was: the rows of the previous snapshot stay, and its token counts as unreadable, not as missing.
 */
export function readQueue(
  output: string,
  reading: { readonly nonce: string; readonly install: string; readonly previous: RowsByToken },
): QueueAnswer {
  const rows = new Map<Token, JobRow[]>();
  const odd = new OddRows();
  let total = 0;
  const ours = `/${reading.install}/`;
  for (const text of output.split(`${rowEnd(reading.nonce)}\n`)) {
    if (text === "") continue;
    total += 1;
    const token = text.includes(ours) ? tokenFromCommand(text, reading.install) : undefined;
    if (token === undefined) continue;
    const texts = splitRow(text);
    const row = texts === undefined ? undefined : readQueueRow(texts, token, reading.previous.get(token));
    if (row === undefined) odd.add(token, text);
    else addTo(rows, row);
  }
  for (const token of odd.tokens) {
    const readable = rows.get(token) ?? [];
    for (const before of reading.previous.get(token) ?? []) {
      if (!readable.some((row) => isSameJob(row, before))) addTo(rows, before);
    }
  }
  return { rows, total, unreadable: odd.tokens, samples: odd.samples };
}

class OddRows {
  readonly tokens = new Set<Token>();
  readonly samples: string[] = [];

  add(token: Token, text: string): void {
    this.tokens.add(token);
    if (this.samples.length < maxSamples) this.samples.push(text.slice(0, 300));
  }
}

function addTo(rows: Map<Token, JobRow[]>, row: JobRow): void {
  const some = rows.get(row.token);
  if (some === undefined) rows.set(row.token, [row]);
  else some.push(row);
}
