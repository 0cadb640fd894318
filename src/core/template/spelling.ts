/**
 * The known name that `name` was probably meant to be, if any is near: at most a third of its letters differ
 * (left out, added, replaced, or two neighbours swapped), whatever their case.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (name.length > longestName) return undefined;
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= mostDifferences(name) ? best.candidate : undefined;
}

/** Of a name of one or two letters nothing but the case may differ: every other short name would be near. */
const mostDifferences = (name: string): number =>
  name.length < 3 ? 0 : Math.max(1, Math.floor(name.length / 3));

/** Known names are no longer (see `variableName`), and the table of distances stays small. */
const longestName = 63;

/** Optimal string alignment distance. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = at(last, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const swapped =
        row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
          ? at(beforeLast, column - 2) + 1
          : Infinity;
      current.push(Math.min(replaced, swapped, at(last, column) + 1, at(current, column - 1) + 1));
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

const at = (row: readonly number[], column: number): number => row[column] ?? Infinity;

/** `; did you mean "x"?` or, where nothing is near, the names there are. */
export function suggestName(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  if (nearest !== undefined) return `did you mean ${JSON.stringify(nearest)}? Known are ${known.join(", ")}`;
  return known.length === 0 ? "there are none" : `known are ${known.join(", ")}`;
}
