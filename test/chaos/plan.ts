import type { Draw } from "./draw.ts";
import type { Fault, Lane } from "./fault.ts";

/** How much of each lane fits into one round of about a minute and a half. */
const perRound: Readonly<Record<Lane, { readonly faults: number; readonly seconds: number }>> = {
  ssh: { faults: 25, seconds: 100 },
  operator: { faults: 25, seconds: 100 },
  c1: { faults: 20, seconds: 75 },
  c2: { faults: 20, seconds: 75 },
  kube: { faults: 20, seconds: 75 },
  people: { faults: 6, seconds: 75 },
};
/** Seconds that a fault without a length takes. */
const moment = 3;

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
    for (let used = 0; picked.length < room.faults;) {
      const fault = pickByWeight(kinds, missing, draw);
      used += fault.lasts ?? moment;
      if (picked.length > 0 && used > room.seconds) break;
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
