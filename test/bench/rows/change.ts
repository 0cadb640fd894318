import { setTimeout as sleep } from "node:timers/promises";
import { startOperator } from "../../lab/operator.ts";
import { eventually } from "../../lab/eventually.ts";
import { type Inhabitant, settle } from "../population.ts";
import { type Row, sized } from "../row.ts";
import { openScene, type Scene } from "../scene.ts";
import { onCluster } from "../slurm-side.ts";
import { States } from "../states.ts";
import { untilSteady } from "../steady.ts";
import { atMost, quantile, told } from "../table.ts";

const intervalSeconds = 5;
const runningJobs = 8;
const flips = 60;

export const change: Row = {
  name: "change",
  title: "State change in Slurm to status, 10,000 live jobs",
  how: "10,000 live submissions, each with a job of its own, polled each 5 s (floor 2 s). Eight of the jobs run; an admin suspends and resumes one of them at a time, at random moments. The time is from the return of `scontrol`, when slurmctld shows the new state, until the API server tells it to a watch.",
  run: async (setting) => {
    const polling = { intervalSeconds, floorSeconds: 2 };
    await using scene = await openScene(setting.lab, { polling });
    const living = await settle(scene, sized(setting, 10_000, 50));
    await using operator = await startOperator(setting.lab);
    await untilSteady(operator, { cluster: scene.stage.clusters.c1, within: 300_000 });
    const running = living.slice(0, runningJobs);
    await letRun(scene, running);
    const delays = await flip(scene, running, sized(setting, flips, 20));
    return [
      atMost("state change to status, p95", quantile(delays, 0.95) / 1000, intervalSeconds + 1, "s"),
      told("state change to status, median", quantile(delays, 0.5) / 1000, "s"),
      told("live submissions", living.length),
      told("state changes", delays.length),
    ];
  },
};

async function letRun({ lab, stage }: Scene, those: readonly Inhabitant[]): Promise<void> {
  await onCluster(lab, `scontrol release ${those.map(({ jobId }) => jobId).join(" ")}`);
  for (const { name } of those) await stage.until(name, ({ status }) => status.state === "RUNNING");
}

async function flip(scene: Scene, running: readonly Inhabitant[], times: number): Promise<readonly number[]> {
  await using states = new States(scene);
  await sleep(1000);
  const delays: number[] = [];
  for (let turn = 0; turn < times; turn += 1) {
    const one = running[turn % running.length];
    if (one === undefined) break;
    const isResumed = Math.floor(turn / running.length) % 2 === 1;
    const wanted = isResumed ? "RUNNING" : "SUSPENDED";
    await sleep(Math.random() * intervalSeconds * 1000);
    const told = states.when(one.name, ({ state }) => state === wanted);
    await onCluster(scene.lab, `scontrol ${isResumed ? "resume" : "suspend"} ${one.jobId}`);
    const changed = performance.now();
    let at: number | undefined;
    void told.then((moment) => (at = moment));
    await eventually(() => at !== undefined, { within: 60_000, every: 20 });
    delays.push(Math.max(0, (at ?? 0) - changed));
  }
  return delays;
}
