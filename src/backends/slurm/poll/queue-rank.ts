import { numberOf } from "./field-text.ts";
import { splitRow, type FieldTexts } from "./queue-row.ts";

/** Beyond that it would cost more than it tells. */
const mostRanked = 20_000;

/** Reasons of what does not wait for its turn. */
const notInLine = /^(?:JobHeld|BeginTime|Dependency)/u;

interface Entrant {
  readonly priority: number;
  readonly jobId: number;
}

/**
 * How many jobs would start before others that wait in the same partition, by priority alone: what is held, or waits for a time or another job, is not in
 * line. An array's pending rest counts as one. Slurm may still start what fits beside what goes first (backfill).
 */
export class QueueRanks {
  readonly #byPartition: ReadonlyMap<string, readonly Entrant[]>;

  private constructor(byPartition: ReadonlyMap<string, readonly Entrant[]>) {
    this.#byPartition = byPartition;
  }

  /** @param texts everybody's rows; @returns undefined where they are too many */
  static of(texts: readonly string[]): QueueRanks | undefined {
    if (texts.length > mostRanked) return undefined;
    const byPartition = new Map<string, Entrant[]>();
    for (const text of texts) {
      const row = text.includes("PENDING") ? splitRow(text) : undefined;
      const entrant = row === undefined ? undefined : entrantOf(row);
      if (row === undefined || entrant === undefined) continue;
      for (const partition of row.Partition.split(",")) {
        const line = byPartition.get(partition);
        if (line === undefined) byPartition.set(partition, [entrant]);
        else line.push(entrant);
      }
    }
    for (const line of byPartition.values()) line.sort(inLine);
    return new QueueRanks(byPartition);
  }

  /** Jobs before this one, in the partition where they are fewest; undefined for what is not in line. */
  ahead(row: FieldTexts): number | undefined {
    const entrant = entrantOf(row);
    if (entrant === undefined) return undefined;
    const places = row.Partition.split(",").map((name) =>
      countBefore(this.#byPartition.get(name) ?? [], entrant),
    );
    return Math.min(...places);
  }
}

function entrantOf(row: FieldTexts): Entrant | undefined {
  const [priority, jobId] = [numberOf(row.PriorityLong), numberOf(row.ArrayJobID)];
  if (row.State !== "PENDING" || notInLine.test(row.Reason)) return undefined;
  if (priority === undefined || priority === 0 || jobId === undefined) return undefined;
  return { priority, jobId };
}

/** Of one priority, who came first. */
const inLine = (one: Entrant, other: Entrant): number =>
  other.priority - one.priority || one.jobId - other.jobId;

function countBefore(line: readonly Entrant[], entrant: Entrant): number {
  let [from, to] = [0, line.length];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    const there = line[middle];
    if (there !== undefined && inLine(there, entrant) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}
