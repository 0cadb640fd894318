import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { installOperator, type RunningOperator, startOperator } from "../lab/operator.ts";
import { closeWithClusters } from "./cluster-side.ts";
import { openStage, type Stage } from "./stage.ts";
import { cases } from "./states/cases.ts";
import { courseOn, slowly } from "./states/course.ts";
import { openSite } from "./states/site.ts";

// Most of a case is waiting for Slurm.
vi.setConfig({ maxConcurrency: 16 });

const lab = inject("lab");
const clusters = ["c1", "c2"] as const;
let site: AsyncDisposableStack;
let operator: RunningOperator;
let stage: Stage;

beforeAll(async () => {
  site = new AsyncDisposableStack();
  for (const opened of await Promise.all(clusters.map(async (cluster) => openSite(lab, cluster))))
    site.use(opened);
  await installOperator(lab);
  operator = await startOperator(lab);
  stage = await openStage(lab);
});

afterAll(async () => {
  await closeWithClusters(stage);
  await operator[Symbol.asyncDispose]();
  await site.disposeAsync();
});

const played = cases.flatMap((given) => clusters.map((cluster) => ({ ...given, cluster })));

describe.concurrent.each([
  ["on either release of Slurm,", played.filter(({ isAlone }) => isAlone !== true)],
  ["alone on either release of Slurm,", played.filter(({ isAlone }) => isAlone === true)],
])("%s", (_, some) => {
  test.for(some)("$cluster: $title", { timeout: slowly }, async (given, { skip }) => {
    const { enforcesMemory } = lab.clusters[given.cluster];
    skip(given.needsMemoryLimits === true && !enforcesMemory, "memory is not limited on this machine");
    const course = courseOn(stage, given.cluster);
    await given.play(course);
    expect(course.shown).toEqual(new Set(given.rows));
  });
});
