import { z } from "zod";
import { eventually } from "../lab/eventually.ts";
import { judge, type Seen } from "./judgement.ts";
import { readMarks } from "./marks.ts";
import type { ClusterName } from "../lab/lab.ts";
import { clusterNames, type Scene } from "./scene.ts";
import { liveJobs, slurmRecords } from "./slurm-records.ts";
import { tendSite } from "./site-admin.ts";
import type { Workload } from "./workload.ts";

/**
 * Judges a round without any knowledge of the operator's code: the API server tells what was reported, the scripts' own marks and Slurm tell
 * what happened.
 */
const listed = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), uid: z.string(), finalizers: z.array(z.string()).default([]) }),
      spec: z.object({ variables: z.array(z.object({ name: z.string(), value: z.string() })).default([]) }),
      status: z
        .object({
          phase: z.string().optional(),
          state: z.string().optional(),
          finished: z.string().optional(),
          exitCode: z.number().optional(),
          signal: z.number().optional(),
          jobId: z.string().optional(),
          attempts: z
            .array(
              z.object({ index: z.number(), jobId: z.string().optional(), ended: z.string().optional() }),
            )
            .default([]),
          array: z.object({ states: z.array(z.object({ state: z.string(), count: z.number() })) }).optional(),
          conditions: z
            .array(z.object({ type: z.string(), reason: z.string(), message: z.string() }))
            .default([]),
        })
        .prefault({}),
    }),
  ),
});
export type Reported = z.infer<typeof listed>["items"][number];

/** After the last fault of a round everything comes to its end within this. */
export const settlesWithin = 240_000;
/** Accounting trails the end of a job. */
const recordsWithin = 60_000;
/** A job without a process is recognised a minute after its start. */
const tendedWithin = 90_000;

/** @returns what is wrong, a line each; nothing when all is well */
export async function judgeRound(
  scene: Scene,
  workload: Workload,
  options: { readonly isShaken: boolean },
): Promise<readonly string[]> {
  let objects: readonly Reported[] = [];
  try {
    await eventually(
      async () => {
        if (options.isShaken) await tendSite(scene);
        objects = await reported(scene);
        const gone = new Set(objects.map(({ metadata }) => metadata.name));
        return (
          objects.every(({ status }) => status.finished === "true") &&
          [...workload.deleted].every((name) => !gone.has(name))
        );
      },
      { within: settlesWithin, every: options.isShaken ? 4000 : 1000 },
    );
  } catch {
    return objects.filter((object) => object.status.finished !== "true").map(stuck);
  }
  const complaints: string[] = [];
  for (const cluster of clusterNames) {
    const live = options.isShaken ? await liveJobsTended(scene, cluster) : await liveJobs(scene, cluster);
    complaints.push(...live.map((row) => `on ${cluster} a job lives that nobody waits for: ${row}`));
    const marks = await readMarks(scene, cluster);
    const seen = async (): Promise<Seen> => ({
      cluster,
      objects,
      marks,
      records: await slurmRecords(scene, cluster),
      keepsRecords: scene.lab.clusters[cluster].accounting,
      ...options,
    });
    complaints.push(...(await complaintsOnceRecorded(workload, seen)));
  }
  return complaints;
}

/** What lives on although an admin looks after the site. */
async function liveJobsTended(scene: Scene, cluster: ClusterName): Promise<readonly string[]> {
  let live: readonly string[] = [];
  await eventually(
    async () => {
      await tendSite(scene);
      live = await liveJobs(scene, cluster);
      return live.length === 0;
    },
    { within: tendedWithin, every: 4000 },
  ).catch(() => undefined);
  return live;
}

async function complaintsOnceRecorded(
  workload: Workload,
  see: () => Promise<Seen>,
): Promise<readonly string[]> {
  let complaints: readonly string[] = [];
  await eventually(
    async () => {
      complaints = judge(workload.sent, await see());
      return complaints.length === 0;
    },
    { within: recordsWithin, every: 2000 },
  ).catch(() => undefined);
  return complaints;
}

export async function reported(scene: Scene): Promise<readonly Reported[]> {
  return listed.parse(JSON.parse(await scene.kubectl(["get", "jobsubmissions", "-o", "json"]))).items;
}

function stuck({ metadata, status }: Reported): string {
  const told = status.conditions.find(({ type }) => type === "Reconciling") ?? status.conditions[0];
  return `${metadata.name} is stuck: ${status.phase} ${status.state ?? ""} ${told?.reason ?? ""}: ${told?.message ?? ""}`;
}
