import { setTimeout as sleep } from "node:timers/promises";
import { startOperator } from "../../lab/operator.ts";
import { countingDirectory, forgetCalls, installCounting, slurmCalls } from "../counting.ts";
import { createWaiting, metricOf } from "../operator-load.ts";
import { type Row, sized } from "../row.ts";
import { openScene } from "../scene.ts";
import { States } from "../states.ts";
import { atMost, quantile, told } from "../table.ts";

const submissions = 40;
/** After this the polls that the last one has hurried are over. */
const restMs = 3000;
const echoMs = 100;

export const idle: Row = {
  name: "idle",
  title: "Create to accepted, idle system",
  how: "One submission at a time, from before its create is sent until a watch shows the job id in its status. What is not ours is taken off: the run of sbatch itself, by a program of that name which `spec.binDirectory` leads to, and all requests to the API server, the create among them, by the operator's own clock.",
  run: async (setting) => {
    await installCounting(setting.lab);
    const polling = { intervalSeconds: 5, floorSeconds: 2 };
    await using scene = await openScene(setting.lab, { binDirectory: countingDirectory, polling });
    await using operator = await startOperator(setting.lab);
    await using states = new States(scene);
    await sleep(restMs);
    const [whole, own, sbatch, api]: [number[], number[], number[], number[]] = [[], [], [], []];
    for (let turn = 0; turn < sized(setting, submissions, 10); turn += 1) {
      await forgetCalls(setting.lab);
      const before = await requestMs(operator);
      const told = states.when(`idle-${turn}`, ({ jobId }) => jobId !== undefined);
      const began = performance.now();
      await createWaiting(scene, [`idle-${turn}`]);
      const created = performance.now() - began;
      const took = (await told) - began;
      await sleep(echoMs);
      const [call] = (await slurmCalls(setting.lab)).filter(({ command }) => command === "sbatch");
      const requests = created + (await requestMs(operator)) - before;
      whole.push(took);
      sbatch.push(call?.took ?? 0);
      api.push(requests);
      own.push(took - (call?.took ?? 0) - requests);
      await sleep(restMs);
    }
    return [
      atMost("create to accepted, p95", quantile(whole, 0.95) / 1000, 1, "s"),
      atMost("the part that is ours, p95", quantile(own, 0.95), 100, "ms"),
      told("create to accepted, median", quantile(whole, 0.5), "ms"),
      told("the part that is ours, median", quantile(own, 0.5), "ms"),
      told("sbatch, median", quantile(sbatch, 0.5), "ms"),
      told("requests to the API server, median", quantile(api, 0.5), "ms"),
    ];
  },
};

/** All requests of a life; events go beside it, and a watch is open all the time. */
async function requestMs(operator: Parameters<typeof metricOf>[0]): Promise<number> {
  const name = "rest_client_request_duration_seconds_sum";
  const [get, patch] = [
    await metricOf(operator, name, 'verb="get"'),
    await metricOf(operator, name, 'verb="patch"'),
  ];
  return (get + patch) * 1000;
}
