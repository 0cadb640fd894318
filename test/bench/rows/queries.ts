import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../lab/eventually.ts";
import { restartDaemon, setSlurm } from "../../lab/daemons.ts";
import { startOperator } from "../../lab/operator.ts";
import { callsOf, countingDirectory, forgetCalls, installCounting, slurmCalls } from "../counting.ts";
import { type Inhabitant, settle } from "../population.ts";
import { type Row, sized } from "../row.ts";
import { openScene, type Scene } from "../scene.ts";
import { onCluster } from "../slurm-side.ts";
import { untilSteady } from "../steady.ts";
import { atMost, type Measure, told } from "../table.ts";

const intervalSeconds = 5;
const ticks = 10;
const sizes = [100, 10_000, 50_000] as const;
/** slurmctld of the lab takes so many. */
const mostJobs = 49_000;
const leaving = 2000;

export const queries: Row = {
  name: "queries",
  title: "Scheduler queries a tick",
  how: "Real calls of squeue and sacct, counted by programs of that name that `spec.binDirectory` leads to, over ten polling intervals (5 s) with 100, 10,000 and 50,000 live submissions. Each has a job of its own, held in the queue. The jobs are handed to Slurm by plain loops from directories that carry their tokens, and the submissions are put into etcd as the operator would have left them, which is faster than to let it submit them. Then jobs are cancelled behind the operator's back, all at once, and the calls of sacct are counted until the end of each is stored.",
  run: async (setting) => {
    if (sized(setting, 50_000) > mostJobs) {
      await setSlurm(setting.lab, "c1", { MaxJobCount: 60_000 });
      await restartDaemon(setting.lab, "c1", "slurmctld");
    }
    await installCounting(setting.lab);
    const polling = { intervalSeconds, floorSeconds: 2 };
    await using scene = await openScene(setting.lab, { binDirectory: countingDirectory, polling });
    await using operator = await startOperator(setting.lab);
    const measures: Measure[] = [];
    const living: Inhabitant[] = [];
    for (const size of sizes) {
      const count = sized(setting, size);
      living.push(...(await settle(scene, count - living.length)));
      await untilSteady(operator, { cluster: scene.stage.clusters.c1, within: 600_000 });
      measures.push(...(await countTicks(scene, count)));
    }
    measures.push(...(await countLeaving(scene, living.slice(0, sized(setting, leaving)))));
    return measures;
  },
};

async function countTicks({ lab }: Scene, count: number): Promise<readonly Measure[]> {
  await forgetCalls(lab);
  await sleep(ticks * intervalSeconds * 1000);
  const calls = await slurmCalls(lab);
  const squeue = calls.filter(({ command }) => command === "squeue");
  const took = squeue.reduce((sum, call) => sum + call.took, 0) / squeue.length;
  return [
    // One tick may fall on either edge.
    atMost(`squeue calls in ${ticks} intervals, ${count} live`, squeue.length, ticks + 1),
    atMost(`sacct calls in ${ticks} intervals, ${count} live`, callsOf(calls, "sacct"), 0),
    told(`one squeue, ${count} live`, took, "ms"),
  ];
}

async function countLeaving(scene: Scene, those: readonly Inhabitant[]): Promise<readonly Measure[]> {
  const { lab, stage } = scene;
  await forgetCalls(lab);
  const ids = those.map(({ jobId }) => jobId);
  for (let from = 0; from < ids.length; from += 1000)
    await onCluster(lab, `scancel ${ids.slice(from, from + 1000).join(" ")}`);
  const last = those.at(-1)?.name ?? "";
  const aborted = async (): Promise<boolean> =>
    (await stage.kubectl("get", "jobsubmissions", "--field-selector", "status.phase=Aborted", "-o", "name"))
      .trim()
      .split("\n").length >= those.length;
  await stage.until(last, ({ status }) => status.phase === "Aborted", 600_000);
  await eventually(aborted, { within: 600_000, every: 2000 });
  const calls = await slurmCalls(lab);
  const thousands = Math.ceil(those.length / 1000);
  return [atMost(`sacct calls when ${those.length} jobs left`, callsOf(calls, "sacct"), thousands)];
}
