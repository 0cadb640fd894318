/** An array has at most this many tasks that we read: Slurm's own bound on MaxArraySize is 4,000,001. */
export const maxIndex = 4_000_000;

/**
 * Task indexes of `0-3,7,10-20:5`, as Slurm writes them in rows; undefined for a text that is no such list (a list that Slurm has cut
 * ends in `...`) and beyond `limit` indexes.
 */
export function readIndexes(text: string, limit = maxIndex): readonly number[] | undefined {
  const indexes: number[] = [];
  for (const part of text.split(",")) {
    const match = /^(\d{1,7})(?:-(\d{1,7})(?::(\d{1,7}))?)?$/u.exec(part);
    if (match === null) return undefined;
    const first = Number(match[1]);
    const last = match[2] === undefined ? first : Number(match[2]);
    const step = match[3] === undefined ? 1 : Number(match[3]);
    if (step < 1 || last > maxIndex || indexes.length + (last - first) / step >= limit) return undefined;
    for (let index = first; index <= last; index += step) indexes.push(index);
  }
  return indexes;
}

/** `0-3,7` for ascending indexes. A text beyond `maxLength` is cut at a whole range and ends in `,...`. */
export function writeIndexes(ascending: readonly number[], maxLength = 1_024): string {
  const ranges: string[] = [];
  let length = 0;
  for (const range of rangesOf(ascending)) {
    length += range.length + 1;
    if (length + "...".length > maxLength) return [...ranges, "..."].join(",");
    ranges.push(range);
  }
  return ranges.join(",");
}

function* rangesOf(ascending: readonly number[]): Generator<string> {
  let first: number | undefined;
  let last = 0;
  for (const index of ascending) {
    if (first !== undefined && index === last + 1) {
      last = index;
      continue;
    }
    if (first !== undefined) yield rangeText(first, last);
    first = index;
    last = index;
  }
  if (first !== undefined) yield rangeText(first, last);
}

const rangeText = (first: number, last: number): string =>
  first === last ? String(first) : `${first}-${last}`;
