import { isSameJob, type JobRow } from "../../../core/slurm/job-row.ts";
import { tokenFromCommand, type Token } from "../../../core/slurm/token.ts";
import { rowEnd } from "./queue-fields.ts";
import { QueueRanks } from "./queue-rank.ts";
import { type FieldTexts, readQueueRow, splitRow } from "./queue-row.ts";

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

interface Reading {
  readonly nonce: string;
  readonly install: string;
  readonly previous: RowsByToken;
  /** Whether all that waits is in the output, so that it tells how many jobs go before ours. */
  readonly isWhole?: boolean;
}

/**
 * Rows of this install in squeue's output. The others are dropped before they are taken apart. A row of ours that cannot be read leaves
 * its job as it was: the rows of the previous snapshot stay, and its token counts as unreadable, not as missing.
 */
export function readQueue(output: string, reading: Reading): QueueAnswer {
  const all = output.split(`${rowEnd(reading.nonce)}\n`).filter((text) => text !== "");
  const odd = new OddRows();
  const ours = [...rowsOfOurs(all, reading, odd)];
  const ranks = reading.isWhole === true && ours.some(isPending) ? QueueRanks.of(all) : undefined;
  const rows = new Map<Token, JobRow[]>();
  for (const { row, texts } of ours) addTo(rows, ranked(row, ranks?.ahead(texts)));
  for (const token of odd.tokens) {
    const readable = rows.get(token) ?? [];
    for (const before of reading.previous.get(token) ?? []) {
      if (!readable.some((row) => isSameJob(row, before))) addTo(rows, before);
    }
  }
  return { rows, total: all.length, unreadable: odd.tokens, samples: odd.samples };
}

interface OwnRow {
  readonly row: JobRow;
  readonly texts: FieldTexts;
}

function* rowsOfOurs(
  all: readonly string[],
  { install, previous }: Reading,
  odd: OddRows,
): Generator<OwnRow, void> {
  const ours = `/${install}/`;
  for (const text of all) {
    const token = text.includes(ours) ? tokenFromCommand(text, install) : undefined;
    if (token === undefined) continue;
    const texts = splitRow(text);
    const row = texts === undefined ? undefined : readQueueRow(texts, token, previous.get(token));
    if (texts === undefined || row === undefined) odd.add(token, text);
    else yield { row, texts };
  }
}

const isPending = ({ row }: OwnRow): boolean => row.state === "PENDING";

const ranked = (row: JobRow, ahead: number | undefined): JobRow =>
  ahead === undefined ? row : { ...row, ahead };

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
