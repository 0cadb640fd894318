/**
 * `make bench`: submissions created at once, against a plain loop of sbatch on the same cluster in the same run. The loop runs before and
 * after, with the same script and options; all jobs are held, so that nothing but their acceptance is measured.
 * `node test/bench/main.ts [submissions]`; $BATCHWRIGHT_LAB names a lab to use, else one is started and ended.
 * Ends with 1 when a bound is missed.
 */
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { openKubeClient } from "../../src/kube/client.ts";
import { createLogger } from "../../src/runtime/logger.ts";
import { ofScript, openStage, script, submit } from "../e2e/stage.ts";
import { commandOutput } from "../lab/command.ts";
import { labCommand, type Lab, readLab } from "../lab/lab.ts";
import { installOperator, startOperator } from "../lab/operator.ts";
import { peakMemoryMiB, processorSeconds, submitAtOnce, usageOf } from "./operator-load.ts";
import { cancelAll, plainLoop, servedRequests } from "./plain-loop.ts";
import { isKept, type Measure, printTable } from "./table.ts";

/** What may get worse before this fails; the machine may be busy with other things. */
const bounds = { rateRatio: 0.15, apiRequestsEach: 8, squeuePerSecond: 0.6, memoryMiB: 300 } as const;
const plainPart = 0.2;
const labWithin = 1_800_000;
const options = ["--hold", "--mem=20M", "--time=5"] as const;
const resources = { memory: "20Mi", timeLimitSeconds: 300, sbatch: ["--hold"] } as const;

const submissions = Number(process.argv[2] ?? 2000);
const lent = process.env["BATCHWRIGHT_LAB"];
const name = lent ?? "bench";
await commandOutput(labCommand, ["--name", name, "up", "--quiet"], { within: labWithin });
try {
  const measures = await measure(await readLab(name));
  printTable(measures);
  process.exitCode = measures.every(isKept) ? 0 : 1;
} finally {
  if (lent === undefined) await commandOutput(labCommand, ["--name", name, "down"], { within: labWithin });
}

async function measure(lab: Lab): Promise<readonly Measure[]> {
  await installOperator(lab);
  await using operator = await startOperator(lab);
  const stage = await openStage(lab, { polling: { intervalSeconds: 5, floorSeconds: 2 } });
  await stage.apply(
    script("held", "#!/bin/sh\ntrue\n", { resources: {} }),
    submit("sample", ofScript("held"), { cluster: stage.clusters.c1, spec: { resources } }),
  );
  const sample = await stage.until("sample", ({ status }) => status.phase === "Submitted");
  const plain = {
    jobs: Math.ceil(submissions * plainPart),
    options,
    script: await copyOf(lab, sample.status.workingDirectory),
  };
  console.log(`${submissions} submissions and twice ${plain.jobs} plain sbatch calls on c1, all held`);
  const before = await plainLoop(lab, plain);
  await cancelAll(lab);
  // What was cancelled is swept from the picture before anything is counted.
  await sleep(10_000);
  const start = {
    usage: await usageOf(operator, stage.clusters.c1),
    served: await servedRequests(lab),
    cpu: await processorSeconds(operator),
  };
  await using client = openKubeClient({
    source: { is: "kubeconfig", path: lab.kube.kubeconfig },
    logger: createLogger({ level: "warn" }),
  });
  const { createMs, acceptedMs } = await submitAtOnce(client, stage, {
    submissions,
    script: "held",
    resources,
  });
  const end = {
    usage: await usageOf(operator, stage.clusters.c1),
    served: await servedRequests(lab),
    cpu: await processorSeconds(operator),
  };
  const memory = await peakMemoryMiB(operator);
  await cancelAll(lab);
  const after = await plainLoop(lab, plain);
  await cancelAll(lab);
  if (lent !== undefined) await stage[Symbol.asyncDispose]();

  const seconds = acceptedMs / 1000;
  const rate = submissions / seconds;
  const plainRate = (before.perSecond + after.perSecond) / 2;
  const requests = (method: string) =>
    ((end.usage.apiRequests.get(method) ?? 0) - (start.usage.apiRequests.get(method) ?? 0)) / submissions;
  const served = (rpc: string) => (end.served.get(rpc) ?? 0) - (start.served.get(rpc) ?? 0);
  const squeue = end.usage.squeueCalls - start.usage.squeueCalls;
  const all = [...end.usage.apiRequests.keys()].reduce((sum, method) => sum + requests(method), 0);
  return [
    { what: "plain sbatch loop, before", value: before.perSecond, unit: "jobs/s" },
    { what: "plain sbatch loop, after", value: after.perSecond, unit: "jobs/s" },
    { what: "submissions created", value: (submissions * 1000) / createMs, unit: "/s" },
    { what: "submissions accepted, from the first create on", value: rate, unit: "jobs/s" },
    {
      what: "  in terms of the plain loop",
      value: rate / plainRate,
      unit: "",
      bound: { is: "atLeast", value: bounds.rateRatio },
    },
    {
      what: "sbatch requests that slurmctld served",
      value: served("REQUEST_SUBMIT_BATCH_JOB"),
      unit: "",
      bound: { is: "exactly", value: submissions },
    },
    {
      what: "squeue calls, by the operator's count",
      value: squeue,
      unit: `in ${seconds.toFixed(0)} s`,
      bound: { is: "atMost", value: Math.ceil(seconds * bounds.squeuePerSecond) + 2 },
    },
    { what: "squeue requests, by slurmctld's count", value: served("REQUEST_JOB_INFO"), unit: "" },
    {
      what: "API requests a submission",
      value: all,
      unit: "",
      bound: { is: "atMost", value: bounds.apiRequestsEach },
    },
    ...[...end.usage.apiRequests.keys()].map((method) => ({
      what: `  ${method}`,
      value: requests(method),
      unit: "",
    })),
    {
      what: "processor time of the operator",
      value: ((end.cpu - start.cpu) * 1000) / submissions,
      unit: "ms a submission",
    },
    {
      what: "peak memory of the operator",
      value: memory,
      unit: "MiB",
      bound: { is: "atMost", value: bounds.memoryMiB },
    },
  ];
}

/** The launcher as Batchwright made it, where no token leads to it. */
async function copyOf(lab: Lab, directory: string | undefined): Promise<string> {
  const script = "/home/alice/bench-batch.sh";
  const words = [
    "--name",
    lab.name,
    "run",
    "c1",
    "alice",
    "/bin/cp",
    "-f",
    `${directory ?? ""}/batch.sh`,
    script,
  ];
  await commandOutput(labCommand, words);
  return script;
}
