import { expect, test } from "vitest";
import { drawFrom } from "../../chaos/draw.ts";
import type { Fault } from "../../chaos/fault.ts";
import { allFaults, drawnFaults } from "../../chaos/kinds/all.ts";
import { planRound } from "../../chaos/plan.ts";

const quotas = new Map(drawnFaults.map(({ kind, quota }) => [kind, quota]));
const kindsOf = (plan: readonly Fault[]): readonly string[] => plan.map(({ kind }) => kind);

/** Plans rounds until every quota is met. */
function planAll(seed: number): readonly (readonly Fault[])[] {
  const draw = drawFrom(seed);
  const rounds: (readonly Fault[])[] = [];
  for (let left = new Map(quotas); [...left.values()].some((count) => count > 0);) {
    const planned = planRound(drawnFaults, left, draw);
    rounds.push(planned.plan);
    left = new Map(planned.left);
  }
  return rounds;
}

test("one seed plans the same rounds, another one others", () => {
  const [one, again, other] = [7, 7, 8].map((seed) => planAll(seed).slice(0, 5).map(kindsOf));
  expect(again).toEqual(one);
  expect(other).not.toEqual(one);
});

test("what has its fill does not come before everything of its lane has", () => {
  const counts = new Map<string, number>();
  for (const { kind } of planAll(3).flat()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const byLane = Map.groupBy(drawnFaults, ({ lane }) => lane);
  for (const kinds of byLane.values())
    expect(
      Math.min(...kinds.map(({ kind, quota }) => (counts.get(kind) ?? 0) - quota)),
    ).toBeGreaterThanOrEqual(0);
});

test("outages of one part last no longer than a round", () => {
  for (const plan of planAll(5))
    for (const lane of ["c1", "c2", "kube"] as const) {
      const seconds = plan
        .filter((fault) => fault.lane === lane)
        .reduce((sum, { lasts = 0 }) => sum + lasts, 0);
      expect(seconds).toBeLessThanOrEqual(75);
      expect(seconds).toBeGreaterThan(0);
    }
});

test("each kind has a name of its own, and each outage of a minute comes at least 20 times", () => {
  expect(new Set(kindsOf(allFaults)).size).toBe(allFaults.length);
  const outages = Map.groupBy(
    allFaults.filter(({ lasts = 0 }) => lasts >= 30),
    ({ kind }) => kind.replace(/ \(c[12]\)$/u, ""),
  );
  expect(outages.size).toBeGreaterThanOrEqual(8);
  const totals = [...outages.values()].map((both) => both.reduce((sum, { quota }) => sum + quota, 0));
  expect(Math.min(...totals)).toBeGreaterThanOrEqual(20);
});
