import { readFile } from "node:fs/promises";
import { z } from "zod";
import { jobSubmissions } from "../../src/controllers/resources.ts";
import type { KubeClient } from "../../src/kube/client.ts";
import { ofScript, type Stage, submit } from "../e2e/stage.ts";
import { eventually } from "../lab/eventually.ts";
import type { RunningOperator } from "../lab/operator.ts";

/** What the operator has used so far. */
export interface Usage {
  readonly apiRequests: ReadonlyMap<string, number>;
  readonly squeueCalls: number;
}

const created = z.object({ metadata: z.object({ name: z.string() }) });
const createsAtOnce = 32;
const acceptedWithin = 900_000;

/** Creates submissions as fast as the API server takes them, and waits until Slurm has accepted the last one. */
export async function submitAtOnce(
  client: KubeClient,
  stage: Stage,
  load: { readonly submissions: number; readonly script: string; readonly resources: object },
): Promise<{ readonly createMs: number; readonly acceptedMs: number }> {
  const names = Array.from({ length: load.submissions }, (_, index) => `bench-${index}`);
  const { signal } = new AbortController();
  const started = performance.now();
  const queue = names.values();
  const create = async (): Promise<void> => {
    for (const name of queue) {
      const object = submit(name, ofScript(load.script), {
        cluster: stage.clusters.c1,
        spec: { resources: load.resources },
      });
      await client.create(jobSubmissions, { namespace: stage.namespace, object, signal }, created);
    }
  };
  await Promise.all(Array.from({ length: createsAtOnce }, create));
  const createMs = performance.now() - started;
  await eventually(async () => !(await isAnyOpen(client, stage)), { within: acceptedWithin, every: 1000 });
  return { createMs, acceptedMs: performance.now() - started };
}

/** A page of one is all that the API server has to send. Aborted is only what the bench itself has cancelled: the others are held. */
async function isAnyOpen(client: KubeClient, stage: Stage): Promise<boolean> {
  const { signal } = new AbortController();
  const fieldSelector = "status.phase!=Submitted,status.phase!=Aborted";
  const query = { namespace: stage.namespace, fieldSelector, limit: 1, signal };
  return (await client.list(jobSubmissions, query, created)).items.length > 0;
}

export async function usageOf(operator: RunningOperator, cluster: string): Promise<Usage> {
  const text = await operator.metrics();
  const apiRequests = new Map<string, number>();
  for (const [, labels = "", value] of text.matchAll(/^rest_client_requests_total\{([^}]*)\} (\S+)$/gmu)) {
    const method = /method="([A-Z]+)"/u.exec(labels)?.[1] ?? "";
    apiRequests.set(method, (apiRequests.get(method) ?? 0) + Number(value));
  }
  const queries = text.split("\n").filter((line) => line.startsWith("batchwright_slurm_queries_total{"));
  const squeue = queries.filter((line) => line.includes(`"${cluster}"`) && line.includes('command="squeue"'));
  const squeueCalls = squeue.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
  return { apiRequests, squeueCalls };
}

/** The most memory that the process has held at once, MiB. */
export async function peakMemoryMiB({ pid }: RunningOperator): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB$/mu.exec(status)?.[1]) / 1024;
}

/** Seconds of processor time, user and system. */
export async function processorSeconds({ pid }: RunningOperator): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
