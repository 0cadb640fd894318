import { setTimeout as sleep } from "node:timers/promises";
import type { Draw } from "./draw.ts";
import type { Fault } from "./fault.ts";
import { keepEvidence } from "./evidence.ts";
import { leftovers, stages } from "./leftovers.ts";
import { judgeRound } from "./oracle.ts";
import { clusterNames, type Scene } from "./scene.ts";
import { tendSite } from "./site-admin.ts";
import { Workload } from "./workload.ts";

export interface RoundResult {
  /** Kinds of the faults that hit. */
  readonly hits: readonly string[];
  /** What did not find anything to break. */
  readonly misses: readonly string[];
  readonly complaints: readonly string[];
}

/** Submissions that are there before the first fault: batches are full then. */
const first = 6;
/** Each submission costs the two processors about a second, jobs and all. */
const mostSubmissions = 40;

/** Lets submissions go through the faults given, and has the oracle judge what came of it. */
export async function playRound(
  scene: Scene,
  faults: readonly Fault[],
  given: {
    readonly draw: Draw;
    readonly prefix: string;
    readonly seed: number;
    readonly tell: (line: string) => void;
  },
): Promise<RoundResult> {
  const { draw, tell } = given;
  await scene.operator.ensureUp();
  const workload = new Workload(scene, draw.fork(), given.prefix);
  const staged = await stages(scene);
  const hits: string[] = [];
  const misses: string[] = [];
  const over = new AbortController();
  const creating = create(workload, draw.fork(), over.signal);
  // Waited for below; until then its failure is nobody's.
  creating.catch(() => undefined);
  const lanes = Map.groupBy(faults, ({ lane }) => lane);
  const breaking = Promise.all(
    [...lanes.values()].map(async (lane) => {
      const own = draw.fork();
      for (const fault of lane) {
        await sleep(own.between(50, 800));
        const hit = await inject(fault, scene, own);
        (hit ? hits : misses).push(fault.kind);
        if (fault.lane !== "ssh" && fault.lane !== "operator")
          tell(`  ${fault.kind}${hit ? "" : ": nothing to hit"}`);
        await scene.operator.ensureUp();
      }
    }),
  );
  try {
    await breaking;
  } finally {
    over.abort();
    // Also where a fault could not be done: nothing is created any more while the scene is taken down.
    await Promise.allSettled([creating]);
  }
  await creating;
  await workload.done();
  await scene.operator.ensureUp();
  hits.push(...workload.acts);
  const isShaken = faults.some(({ shakesJobs }) => shakesJobs === true);
  if (isShaken) await tendSite(scene);
  const complaints = await judgeRound(scene, workload, { isShaken });
  // A shell that is killed cannot tidy up: its stage goes when the journal is forgotten.
  const killsShells = faults.some(({ leavesStages }) => leavesStages === true);
  const left = (await leftovers(scene, staged)).filter((what) => !killsShells || !what.includes("/.stage."));
  const all = [...scene.complaints.splice(0), ...complaints, ...left];
  if (all.length === 0) await forget(scene, workload);
  else {
    tell(
      `  evidence: ${await keepEvidence(scene, `${given.seed}-${given.prefix}`, [...all, ...faults.map(({ kind }) => `planned: ${kind}`)])}`,
    );
    await clear(scene);
  }
  return { hits, misses, complaints: all };
}

async function inject(fault: Fault, scene: Scene, draw: Draw): Promise<boolean> {
  try {
    return await fault.inject(scene, draw);
  } catch (cause) {
    throw new Error(`the fault "${fault.kind}" could not be done as it should`, { cause });
  }
}

/** As long as faults come, and a few in any case. */
async function create(workload: Workload, draw: Draw, over: AbortSignal): Promise<void> {
  for (let count = 0; count < first; count += 1) await workload.create(count === 0 ? "good" : undefined);
  while (!over.aborted && workload.sent.length < mostSubmissions) {
    await workload.create();
    await sleep(draw.between(100, 1500));
  }
}

/** What was judged well goes: lists stay short. */
async function forget(scene: Scene, workload: Workload): Promise<void> {
  const names = [...new Set(workload.sent.map(({ name }) => name))];
  await scene.kubectl(["delete", "jobsubmissions", ...names, "--ignore-not-found", "--wait=false"]);
}

/** What went wrong must not weigh on the rounds to come. */
async function clear(scene: Scene): Promise<void> {
  await scene.operator.ensureUp();
  const everything = ["jobsubmissions", "--all"];
  await scene.kubectl(["annotate", ...everything, "--overwrite", "batchwright.dev/abandon=true"]);
  await scene.kubectl(["delete", ...everything, "--wait=false"]);
  for (const cluster of clusterNames)
    await scene.run(cluster, "root", "scancel -u alice; scancel -u bob; true");
  await scene.kubectl(["wait", "jobsubmissions", "--all", "--for=delete", "--timeout=100s"]);
}
