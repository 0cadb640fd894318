import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { wordsOf } from "../lab/api-writes.ts";
import type { Moment, SeenRequest } from "./api-proxy.ts";
import { drawFrom } from "./draw.ts";
import { leftovers, stages } from "./leftovers.ts";
import { judgeRound } from "./oracle.ts";
import { clusterNames, openScene, type Scene, scratch, throughProxy } from "./scene.ts";
import { prepareWorkload } from "./scripts.ts";
import type { Sort } from "./sent.ts";
import { Workload } from "./workload.ts";

const isFull = process.env["BATCHWRIGHT_FULL"] === "1";

/** Where a dispatch is when somebody does something: the write of the status that tells it, before or after the API server has it. */
interface InFlight {
  readonly tells: string;
  readonly at: Moment;
  /** Answers of logins are held back, and it is done meanwhile; else the write is. */
  readonly holdsAnswers: boolean;
}
const moments: Readonly<Record<string, InFlight>> = {
  "its intent is stored and nothing sent": { tells: "Dispatching", at: "after", holdsAnswers: false },
  "it is sent and its answer on the way": { tells: "Dispatching", at: "after", holdsAnswers: true },
  "its job is accepted and the id not stored": { tells: "Dispatched", at: "before", holdsAnswers: false },
};

/** Longer than the login takes to do what it was sent. */
const sentWithin = 1500;
const answersHeldFor = 4000;
const metWithin = 60_000;

/** What is done to the submission itself, by its sort. */
const acted: readonly Sort[] = ["held", "cancelled", "edited", "deleted", "recreated"];
/** What is done to that which it rests on. */
const edits = {
  script: async (scene: Scene) => {
    const variables = [{ name: "EDITION", value: String(Date.now()) }];
    const spec = { environment: { variables } };
    await scene.kubectl(["patch", "jobscript", "bash", "--type=merge", "-p", JSON.stringify({ spec })]);
  },
  cluster: async (scene: Scene) =>
    pointClusters(scene, { workDirectory: `${scratch}/%u-moved`, defaults: { timeLimitSeconds: 200 } }),
} as const;

async function pointClusters(scene: Scene, spec: Readonly<Record<string, unknown>> = {}): Promise<void> {
  for (const on of clusterNames)
    await scene.kubectl(["apply", "-f", "-"], JSON.stringify(throughProxy(scene, on, spec)));
}

let scene: Scene;
beforeAll(async () => {
  scene = await openScene(inject("lab"));
  await prepareWorkload(scene);
});
afterAll(async () => scene[Symbol.asyncDispose]());

/** Runs one on each cluster: no login is to be opened while answers are held back. */
async function connect(workload: Workload): Promise<void> {
  const seen = new Set<string>();
  while (seen.size < clusterNames.length) {
    const { name, cluster } = await workload.create("good");
    await scene.kubectl(["wait", "jsub", name, "--for=jsonpath={.status.finished}=true", "--timeout=60s"]);
    seen.add(cluster);
  }
}

/** Has the dispatch of a submission come to a moment, where it waits for what is done. */
function meet(name: string, { tells, at, holdsAnswers }: InFlight) {
  const come = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const status = new RegExp(`/jobsubmissions/${name}/status`, "u");
  const set = scene.api.lieInWait({
    matches: (seen: SeenRequest) => status.test(seen.path) && wordsOf(seen).includes(tells),
    at,
    run: async () => {
      come.resolve();
      if (!holdsAnswers) await begun.promise;
    },
    next: "pass",
  });
  const isThere = come.promise.then(async () => sleep(holdsAnswers ? sentWithin : 0));
  return { set, cue: { come: isThere, begun: begun.resolve } };
}

function holdAnswers(milliseconds: number): void {
  for (const on of clusterNames) scene.ssh[on].delay(milliseconds, "toClient");
}

/** Each act and each edit once, at that moment of a dispatch of its own. */
async function disturb(workload: Workload, moment: InFlight): Promise<void> {
  using sets = new DisposableStack();
  const met: Promise<unknown>[] = [];
  await connect(workload);
  if (moment.holdsAnswers) holdAnswers(answersHeldFor);
  try {
    for (const sort of acted) {
      const { set, cue } = meet(workload.nextName, moment);
      met.push(sets.use(set).sprung, cue.come);
      await workload.create(sort, cue);
    }
    for (const edit of Object.values(edits)) {
      const { set, cue } = meet(workload.nextName, moment);
      // Not before the others have come so far: an edited cluster is logged in to anew, which takes many answers.
      const before = Promise.all(met);
      met.push(
        sets.use(set).sprung,
        Promise.all([cue.come, before])
          .then(async () => edit(scene))
          .finally(cue.begun),
      );
      await workload.create("good");
    }
    await Promise.race([
      Promise.all(met),
      sleep(metWithin).then(() => Promise.reject(new Error("not all came to that moment"))),
    ]);
  } finally {
    holdAnswers(0);
    await pointClusters(scene);
  }
}

test.each(Object.entries(moments))(
  "a submission that is held, cancelled, edited, deleted or created anew, and one whose script or cluster is edited, while %s, runs as it should",
  { timeout: 300_000 },
  async (_when, moment) => {
    await scene.operator.ensureUp();
    const index = Object.values(moments).indexOf(moment);
    const workload = new Workload(scene, drawFrom(index), `flight-${index}`);
    const staged = await stages(scene);
    for (let round = 0; round < (isFull ? 4 : 1); round += 1) await disturb(workload, moment);
    await workload.done();
    expect(new Set(workload.acts).size).toBe(acted.length);
    expect(await judgeRound(scene, workload, { isShaken: false })).toEqual([]);
    expect(await leftovers(scene, staged)).toEqual([]);
  },
);
