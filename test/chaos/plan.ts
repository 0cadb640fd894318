import type { Draw } from "./draw.ts";
import type { Fault, Lane } from "./fault.ts";

/** How much of each lane fits into one round of about a minute and a half. */
const perRound: Readonly<Record<Lane, number>> = {
  ssh: 25,
  operator: 25,
  c1: 1,
  c2: 1,
  kube: 1,
  people: 5,
};

/**
 * Draws the faults of a round: of each lane those kinds more often of which more is missing. `left` says how many of a kind its quota still wants; what
 * has its fill comes again only when everything has.
 */
export function planRound(
  faults: readonly Fault[],
  left: ReadonlyMap<string, number>,
  draw: Draw,
): readonly Fault[] {
  const lanes = Map.groupBy(faults, ({ lane }) => lane);
  return [...lanes].flatMap(([lane, kinds]) =>
    Array.from({ length: perRound[lane] }, () => pickByWeight(kinds, left, draw)),
  );
}

function pickByWeight(kinds: readonly Fault[], left: ReadonlyMap<string, number>, draw: Draw): Fault {
  const weights = kinds.map(({ kind }) => Math.max(left.get(kind) ?? 0, 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let point = draw.next() * (total === 0 ? kinds.length : total);
  const found = kinds.find((_kind, index) => (point -= total === 0 ? 1 : (weights[index] ?? 0)) < 0);
  const [first] = kinds;
  if (first === undefined) throw new RangeError("a lane without faults");
  return found ?? first;
}
