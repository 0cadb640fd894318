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

/**
 * Rows of this install in squeue's output. The others are dropped before they are taken apart. A row of ours that cannot be read leaves
 * its job as it was: the rows of the previous snapshot stay, and its token counts as unreadable, not as missing.
 */
export function readQueue(
  output: string,
  reading: {
    readonly nonce: string;
    readonly install: string;
    readonly previous: RowsByToken;
    /** Whether all that waits is in the output, so that it tells how many jobs go before ours. */
    readonly isWhole?: boolean;
  },
): QueueAnswer {
  const rows = new Map<Token, JobRow[]>();
  const odd = new OddRows();
  const ours = `/${reading.install}/`;
  const all = output.split(`${rowEnd(reading.nonce)}\n`).filter((text) => text !== "");
  const waiting: { readonly row: JobRow; readonly texts: FieldTexts }[] = [];
  for (const text of all) {
    const token = text.includes(ours) ? tokenFromCommand(text, reading.install) : undefined;
    if (token === undefined) continue;
    const texts = splitRow(text);
    const row = texts === undefined ? undefined : readQueueRow(texts, token, reading.previous.get(token));
    if (texts === undefined || row === undefined) odd.add(token, text);
    else if (reading.isWhole === true && row.state === "PENDING") waiting.push({ row, texts });
    else addTo(rows, row);
  }
  const ranks = waiting.length === 0 ? undefined : QueueRanks.of(all);
  for (const { row, texts } of waiting) addTo(rows, ranked(row, ranks?.ahead(texts)));
  for (const token of odd.tokens) {
    const readable = rows.get(token) ?? [];
    for (const before of reading.previous.get(token) ?? []) {
      if (!readable.some((row) => isSameJob(row, before))) addTo(rows, before);
    }
  }
  return { rows, total: all.length, unreadable: odd.tokens, samples: odd.samples };
}

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
