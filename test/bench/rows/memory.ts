import { setTimeout as sleep } from "node:timers/promises";
import { startOperator } from "../../lab/operator.ts";
import { memoryOf } from "../operator-load.ts";
import { bury, settle } from "../population.ts";
import { type Row, sized } from "../row.ts";
import { openScene } from "../scene.ts";
import { untilSteady } from "../steady.ts";
import { atMost, told } from "../table.ts";

const lookSeconds = 60;

export const memory: Row = {
  name: "memory",
  title: "Memory and restart, 20,000 live and 100,000 finished submissions",
  how: "The submissions are put into etcd as the operator would have left them; each live one has a job of its own, held in the queue. The operator is started on them. Steady is when it knows them all, has an answer of squeue and nothing in hand. Memory is what the process holds a minute later (VmRSS), and the most it has held (VmHWM).",
  run: async (setting) => {
    await using scene = await openScene(setting.lab);
    const [live, finished] = [sized(setting, 20_000, 50), sized(setting, 100_000, 50)];
    await bury(scene, finished);
    await settle(scene, live);
    const began = performance.now();
    await using operator = await startOperator(setting.lab);
    await untilSteady(operator, { cluster: scene.stage.clusters.c1, within: 600_000 });
    const seconds = (performance.now() - began) / 1000;
    await sleep(lookSeconds * 1000);
    return [
      atMost("resident memory, steady", await memoryOf(operator, "VmRSS"), 300, "MiB"),
      told("resident memory, most", await memoryOf(operator, "VmHWM"), "MiB"),
      atMost("start to steady", seconds, 15, "s"),
      told("live submissions", live),
      told("finished submissions", finished),
    ];
  },
};
