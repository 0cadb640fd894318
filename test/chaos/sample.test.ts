import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { drawFrom } from "./draw.ts";
import type { Fault, Lane } from "./fault.ts";
import { drawnFaults } from "./kinds/all.ts";
import { planRound } from "./plan.ts";
import { playRound } from "./round.ts";
import { openScene, type Scene } from "./scene.ts";
import { prepareWorkload } from "./scripts.ts";

/** Always the same plan: `make chaos` draws others, and has the outages that last a minute. */
const seed = 4;
const roundWithin = 400_000;
/** Of some fifty; what a kill or a cut finds in hand depends on the moment. */
const leastHits = 30;

/** Outages of each round, one a part; everything that is over within seconds comes by itself. */
const outages: readonly (readonly string[])[] = [
  ["login node dies (c1)", "slurmctld frozen for a moment (c2)", "etcd compacted"],
  ["success with text on stderr (c1)", "slurmctld killed (c2)", "API server killed"],
];

const isMoment = ({ lane }: Fault): boolean => lane === "ssh" || lane === "operator";
const people: readonly string[] = ["script edited", "cluster edited", "job sent twice"];

let scene: Scene;
beforeAll(async () => {
  scene = await openScene(inject("lab"));
  await scene.operator.ensureUp();
  await prepareWorkload(scene);
});
afterAll(async () => scene[Symbol.asyncDispose]());

/** In the first round each kind that is over within seconds comes once, and then as drawn. */
function planOf(round: number): readonly Fault[] {
  const draw = drawFrom(seed + round);
  const moments = drawnFaults.filter(isMoment);
  const { plan: drawn } = planRound(moments, new Map(moments.map(({ kind, quota }) => [kind, quota])), draw);
  const byLane = (lane: Lane) => drawn.filter((fault) => fault.lane === lane).slice(0, 20);
  const first = round === 0 ? moments : [...byLane("ssh"), ...byLane("operator")];
  const named = drawnFaults.filter(
    ({ kind }) => outages[round]?.includes(kind) === true || people.includes(kind),
  );
  return [...first, ...named];
}

test.each(outages.map((names, round) => [names.join(", "), round] as const))(
  "everything runs once and ends as told, through some fifty faults and: %s",
  { timeout: roundWithin },
  async (_names, round) => {
    const plan = planOf(round);
    expect(plan.filter((fault) => !isMoment(fault)).map(({ kind }) => kind)).toEqual(
      expect.arrayContaining([...(outages[round] ?? []), ...people]),
    );
    const result = await playRound(scene, plan, {
      draw: drawFrom(seed + round).fork(),
      prefix: `s${round}`,
      seed,
      tell: console.log,
    });
    console.log(`${result.hits.length} faults hit, ${result.misses.length} found nothing to hit`);
    expect(result.complaints).toEqual([]);
    expect(result.hits.length).toBeGreaterThanOrEqual(leastHits);
  },
);
