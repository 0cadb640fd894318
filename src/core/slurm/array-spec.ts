import { DirectiveError } from "./directive-error.ts";

/** `first`, `first + step`, ... up to `last`. */
export interface IndexRange {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

/** What `--array` asks for. Ranges may overlap; Slurm runs each index once. */
export interface ArraySpec {
  readonly ranges: readonly IndexRange[];
  /** How many tasks may run at once; `undefined` for no limit. */
  readonly limit: number | undefined;
}

/** Slurm's own bound of MaxArraySize (slurm.conf(5)); a cluster's is smaller, by default 1001. */
const largestMaxArraySize = 4_000_001;
const rangeForm = /^(?<first>\d+)(?:-(?<last>\d+)(?::(?<step>\d+))?)?$/u;

/**
 * Reads `--array`: indexes and ranges `N`, `N-M`, `N-M:STEP` with commas, then perhaps `%LIMIT`.
 * sbatch passes the text on unread; slurmctld refuses a bad one with "Invalid job array specification".
 * @param maxArraySize of the cluster, if known: indexes must be below it
 * @throws DirectiveError when slurmctld would refuse the text
 * Source: sbatch(1); cases measured on 22.05 and 24.11 in test/integration/sbatch-reading.
 */
export function parseArraySpec(text: string, maxArraySize = largestMaxArraySize): ArraySpec {
  const [list = "", limit, ...more] = text.split("%");
  if (more.length > 0 || (limit !== undefined && !/^0*[1-9]\d{0,8}$/u.test(limit))) {
    throw new DirectiveError(
      text,
      `has no proper limit: write % and a positive number at the end, e.g. 0-9%2`,
    );
  }
  const ranges = list.split(",").map((item) => parseRange(item, text));
  const highest = Math.max(...ranges.map((range) => range.last));
  if (highest >= maxArraySize) {
    throw new DirectiveError(
      text,
      `has the index ${highest}; the highest that MaxArraySize allows is ${maxArraySize - 1}`,
    );
  }
  // Overlapping ranges count each time here: this is what bounds the work of expanding them.
  if (ranges.reduce((sum, range) => sum + sizeOf(range), 0) > largestMaxArraySize) {
    throw new DirectiveError(text, `lists more than ${largestMaxArraySize} indexes`);
  }
  return { ranges, limit: limit === undefined ? undefined : Number(limit) };
}

/** How many tasks there are; without expanding them as long as the ranges do not overlap. */
export function countIndexes(spec: ArraySpec): number {
  const sorted = spec.ranges.toSorted((a, b) => a.first - b.first);
  const overlap = sorted.some((range, index) => range.first <= (sorted[index - 1]?.last ?? -1));
  if (overlap) return expandIndexes(spec).length;
  return sorted.reduce((sum, range) => sum + sizeOf(range), 0);
}

/** Every index once, ascending. At most MaxArraySize of them, as the parser has seen to. */
export function expandIndexes(spec: ArraySpec): number[] {
  const indexes = new Set<number>();
  for (const { first, last, step } of spec.ranges) {
    for (let index = first; index <= last; index += step) indexes.add(index);
  }
  return [...indexes].toSorted((a, b) => a - b);
}

function sizeOf(range: IndexRange): number {
  return Math.floor((range.last - range.first) / range.step) + 1;
}

function parseRange(item: string, text: string): IndexRange {
  const parts = rangeForm.exec(item)?.groups;
  if (parts === undefined) {
    throw new DirectiveError(text, `is no list of array indexes: write e.g. 0-9, 1,4,7 or 0-100:10%4`);
  }
  const first = Number(parts["first"]);
  const last = Number(parts["last"] ?? first);
  const step = Number(parts["step"] ?? 1);
  if (last < first) throw new DirectiveError(text, `has the range ${item}, which runs backwards`);
  if (step === 0) throw new DirectiveError(text, `has the range ${item} with step 0; the step is at least 1`);
  return { first, last, step };
}
