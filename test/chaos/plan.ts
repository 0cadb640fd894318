import type { Draw } from "./draw.ts";
import type { Fault, Lane } from "./fault.ts";

/** How much of each lane fits into one round: so many faults, or outages that last so many seconds in all. */
const perRound: Readonly<Record<Lane, { readonly faults: number } | { readonly seconds: number }>> = {
  ssh: { faults: 25 },
  operator: { faults: 25 },
  c1: { seconds: 75 },
  c2: { seconds: 75 },
  kube: { seconds: 75 },
  people: { faults: 6 },
};
/** What a fault without a length takes of a lane's seconds. */
const moment = 4;

/** What each kind's quota still wants. */
export type Left = ReadonlyMap<string, number>;

/**
 * Draws the faults of a round: of each lane those kinds more often of which more is missing; what has its fill comes again only when everything has. The
 * plan follows from `left` and the draw alone, and not from what hit: a run is planned again from its seed and the ledger it began with.
 * @returns the plan, and what is missing when all of it hits
 */
export function planRound(
  faults: readonly Fault[],
  left: Left,
  draw: Draw,
): { readonly plan: readonly Fault[]; readonly left: Left } {
  const missing = new Map(left);
  const plan = [...Map.groupBy(faults, ({ lane }) => lane)].flatMap(([lane, kinds]) => {
    const room = perRound[lane];
    const picked: Fault[] = [];
    for (let used = 0; ;) {
      const fault = pickByWeight(kinds, missing, draw);
      used += "faults" in room ? 1 : (fault.lasts ?? moment);
      if (picked.length > 0 && used > ("faults" in room ? room.faults : room.seconds)) break;
      picked.push(fault);
      missing.set(fault.kind, (missing.get(fault.kind) ?? 0) - 1);
    }
    return picked;
  });
  return { plan, left: missing };
}

function pickByWeight(kinds: readonly Fault[], left: Left, draw: Draw): Fault {
  const weights = kinds.map(({ kind }) => Math.max(left.get(kind) ?? 0, 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let point = draw.next() * (total === 0 ? kinds.length : total);
  const found = kinds.find((_kind, index) => (point -= total === 0 ? 1 : (weights[index] ?? 0)) < 0);
  const [first] = kinds;
  if (first === undefined) throw new RangeError("a lane without faults");
  return found ?? first;
}
