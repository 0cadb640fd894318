import { setTimeout as sleep } from "node:timers/promises";
import { startOperator } from "../../lab/operator.ts";
import { runFloor } from "../floor.ts";
import { createWaiting, isAnyOpen, memoryOf, metricOf } from "../operator-load.ts";
import { type Processor, processorOf, secondsOf } from "../processor.ts";
import { type Row, sized } from "../row.ts";
import { heldWords, openScene, type Scene } from "../scene.ts";
import { onCluster, submittedJobs } from "../slurm-side.ts";
import { atLeast, exactly, type Measure, told } from "../table.ts";

const plainScript = "/home/alice/bench-batch.sh";
const lookMs = 2000;
/** Looking is not free for the API server: it begins when nearly all were sent. */
const nearlyAll = 0.98;

export const accepted: Row = {
  name: "accepted",
  title: "Accepted jobs a second, 5,000 submissions waiting",
  how: "5,000 submissions of one script wait when the operator starts; all jobs stay held, so that nothing but their acceptance is measured, from the operator's readiness until the last acceptance is stored. The floor is a bare loop in the same run, half of it before and half after: for each of as many objects three patches (finalizer, intent, accepted; 32 in flight, one pool) and one sbatch, whatever waits going as one batch over one SSH connection. It checks nothing and would lose jobs; no correct controller does less.",
  whyShort:
    "processor time is what runs out, as everything shares it: the rows below say how much the operator takes for itself (parsing, deciding, packing the job's files), and how much more the parts have to do for it than for the floor (the watch that tells the operator of each write, the wrapper's journal, events, questions to squeue).",
  run: async (setting) => {
    await using scene = await openScene(setting.lab);
    const count = sized(setting, 5000, 100);
    // Where no token leads to it.
    await onCluster(
      setting.lab,
      `cp -f ${scene.sample.status.workingDirectory ?? ""}/batch.sh ${plainScript}`,
      { user: "alice" },
    );
    const before = await floorRate(scene, "before", Math.ceil(count / 2));
    const own = await operatorRate(scene, count);
    const after = await floorRate(scene, "after", Math.ceil(count / 2));
    return measuresOf({ before, own, after, count });
  },
};

type Floor = Awaited<ReturnType<typeof floorRate>>;
type Own = Awaited<ReturnType<typeof operatorRate>>;

function measuresOf(run: { before: Floor; own: Own; after: Floor; count: number }): readonly Measure[] {
  const { before, own, after, count } = run;
  const floor = (before.perSecond + after.perSecond) / 2;
  const each = (one: keyof Processor): number => (before.processor[one] + after.processor[one]) / 2;
  return [
    atLeast("accepted, in terms of the floor", own.perSecond / floor, 0.85, "x floor"),
    told("accepted", own.perSecond, "jobs/s"),
    told("floor before", before.perSecond, "jobs/s"),
    told("floor after", after.perSecond, "jobs/s"),
    exactly("jobs that slurmctld was sent", own.sent, count),
    told("processor time: operator", own.operator, "ms a job"),
    told("processor time: API server and etcd", own.processor.kube, "ms a job"),
    told("processor time: API server and etcd, floor", each("kube"), "ms a job"),
    told("processor time: cluster and its login", own.processor.cluster, "ms a job"),
    told("processor time: cluster and its login, floor", each("cluster"), "ms a job"),
    ...own.requests.map(([method, value]) => told(`requests to the API server: ${method}`, value, "a job")),
    told("peak memory of the operator", own.memory, "MiB"),
  ];
}

const namesOf = (start: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${start}-${index}`);

async function floorRate(scene: Scene, start: string, count: number) {
  const { lab, stage, sample } = scene;
  const names = namesOf(start, count);
  await createWaiting(scene, names);
  const words = `${heldWords.join(" ")} ${plainScript}`;
  const began = await processorOf(lab);
  const perSecond = await runFloor(lab, { namespace: stage.namespace, names, sample, words });
  const processor = perJob(began, await processorOf(lab), count);
  await scene.clear();
  return { perSecond, processor };
}

async function operatorRate(scene: Scene, count: number) {
  const { lab } = scene;
  await createWaiting(scene, namesOf("bench", count));
  const began = await processorOf(lab);
  const sentBefore = await submittedJobs(lab);
  await using operator = await startOperator(lab);
  const ready = performance.now();
  const sentAtReady = await submittedJobs(lab);
  while ((await submittedJobs(lab)) - sentBefore < count * nearlyAll) await sleep(lookMs);
  while (await isAnyOpen(scene)) await sleep(lookMs / 10);
  const seconds = (performance.now() - ready) / 1000;
  const processor = perJob(began, await processorOf(lab), count);
  const methods = ["GET", "PATCH", "POST"] as const;
  const requests = await Promise.all(
    methods.map(
      async (method) =>
        [method, (await metricOf(operator, "rest_client_requests_total", `"${method}"`)) / count] as const,
    ),
  );
  const own = {
    perSecond: (count - (sentAtReady - sentBefore)) / seconds,
    processor,
    operator: ((await secondsOf(operator.pid)) * 1000) / count,
    requests,
    memory: await memoryOf(operator, "VmHWM"),
    sent: (await submittedJobs(lab)) - sentBefore,
  };
  await operator.kill("SIGTERM");
  await scene.clear();
  return own;
}

/** Milliseconds. */
const perJob = (start: Processor, end: Processor, count: number): Processor => ({
  kube: ((end.kube - start.kube) * 1000) / count,
  cluster: ((end.cluster - start.cluster) * 1000) / count,
});
