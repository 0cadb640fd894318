import { readFile } from "node:fs/promises";
import { z } from "zod";
import { jobSubmissions } from "../../src/controllers/resources.ts";
import { ofScript, submit } from "../e2e/stage.ts";
import type { RunningOperator } from "../lab/operator.ts";
import { heldResources, type Scene } from "./scene.ts";

const created = z.object({ metadata: z.object({ name: z.string() }) });
const createsAtOnce = 32;

/** Creates submissions of a script that stays held, as fast as the API server takes them. */
export async function createWaiting({ client, stage }: Scene, names: readonly string[]): Promise<void> {
  const { signal } = new AbortController();
  const queue = names.values();
  const create = async (): Promise<void> => {
    for (const name of queue) {
      const object = submit(name, ofScript("held"), {
        cluster: stage.clusters.c1,
        spec: { resources: heldResources },
      });
      await client.create(jobSubmissions, { namespace: stage.namespace, object, signal }, created);
    }
  };
  await Promise.all(Array.from({ length: createsAtOnce }, create));
}

/** Whether any is not known to be accepted. A page of one is all that the API server has to send. */
export async function isAnyOpen({ client, stage }: Scene): Promise<boolean> {
  const { signal } = new AbortController();
  const fieldSelector = "status.phase!=Submitted";
  const query = { namespace: stage.namespace, fieldSelector, limit: 1, signal };
  return (await client.list(jobSubmissions, query, created)).items.length > 0;
}

/** Sum of a metric's series whose labels contain all these words. */
export async function metricOf(
  operator: Pick<RunningOperator, "metrics">,
  name: string,
  ...words: readonly string[]
): Promise<number> {
  const lines = (await operator.metrics()).split("\n").filter((line) => line.startsWith(name));
  return lines
    .filter((line) => /^[{ ]/u.test(line.slice(name.length)) && words.every((word) => line.includes(word)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
}

/** MiB: `VmRSS` now, `VmHWM` the most so far. */
export async function memoryOf({ pid }: RunningOperator, what: "VmRSS" | "VmHWM"): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${what}:\\s+(\\d+) kB$`, "mu").exec(status)?.[1]) / 1024;
}
