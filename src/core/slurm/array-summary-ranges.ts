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

/** `0-3,7,10-20:5` for ascending indexes. A text beyond `maxLength` is cut at a whole range and ends in `,...`. */
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

/** The beginning of such a text, in at most `maxLength` characters. */
export function cutIndexes(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const end = text.lastIndexOf(",", maxLength - ",...".length);
  return end < 0 ? "..." : `${text.slice(0, end)},...`;
}

/**
 * Texts of several lists that share `room` characters: short ones are whole, and what they leave is split evenly among the long ones.
 * With 10,000 tasks in all states at random even this cuts; the counts beside them never do.
 */
export function writeEachIndexes(
  lists: readonly (readonly number[])[],
  room: number,
): readonly { readonly count: number; readonly indexes: string }[] {
  const whole = lists.map((list) => ({ list, text: writeIndexes(list, room) }));
  let left = room;
  let others = whole.length;
  const share = new Map<readonly number[], number>();
  for (const { list, text } of whole.toSorted((a, b) => a.text.length - b.text.length)) {
    const most = Math.min(text.length, Math.floor(left / others));
    share.set(list, most);
    left -= most;
    others -= 1;
  }
  return whole.map(({ list, text }) => {
    const most = share.get(list) ?? 0;
    return { count: list.length, indexes: text.length <= most ? text : cutIndexes(text, most) };
  });
}

/** The longest run with one step at each place, unless its members one by one are shorter. Looks back at most three places, so it is linear. */
function* rangesOf(ascending: readonly number[]): Generator<string> {
  for (let at = 0; at < ascending.length;) {
    const run = runAt(ascending, at);
    const range = run.step === 1 ? `${run.first}-${run.last}` : `${run.first}-${run.last}:${run.step}`;
    const isShorter =
      run.count > 1 &&
      (run.step === 1 || range.length < ascending.slice(at, at + run.count).join(",").length);
    yield isShorter ? range : String(run.first);
    at += isShorter ? run.count : 1;
  }
}

interface Run {
  readonly first: number;
  readonly last: number;
  readonly step: number;
  readonly count: number;
}

function runAt(ascending: readonly number[], at: number): Run {
  const first = ascending[at] ?? 0;
  const second = ascending[at + 1];
  if (second === undefined) return { first, last: first, step: 1, count: 1 };
  const step = second - first;
  let count = 2;
  while (ascending[at + count] === first + count * step) count += 1;
  return { first, last: first + (count - 1) * step, step, count };
}
