import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { eventually } from "../../lab/eventually.ts";
import { kubectl } from "../../lab/kubectl.ts";
import type { ClusterName } from "../../lab/lab.ts";
import type { Draw } from "../draw.ts";
import type { Fault } from "../fault.ts";
import { clusterNames, type Scene, throughProxy } from "../scene.ts";
import { tendSite } from "../site-admin.ts";

const jobs = 3;
const endsWithin = 240_000;

const listed = z.object({
  items: z.array(
    z.object({
      status: z.object({
        phase: z.string().optional(),
        finished: z.string().optional(),
        attempts: z.array(z.unknown()).optional(),
      }),
    }),
  ),
});

/** A SlurmCluster of its own, and jobs on it that nothing else in the round touches. */
async function play(scene: Scene, draw: Draw): Promise<boolean> {
  const on = draw.pick(clusterNames);
  const name = `${scene.namespace}-gone-${draw.between(1e5, 9e5)}`;
  try {
    return await deleteUnderJobs(scene, { on, name, draw });
  } finally {
    await scene.kubectl(["delete", "jsub", "-l", `chaos/cluster=${name}`, "--wait=false"]);
    await scene.kubectl(["delete", "slurmcluster", name, "--wait=false", "--ignore-not-found"]);
  }
}

async function deleteUnderJobs(
  scene: Scene,
  { on, name, draw }: { on: ClusterName; name: string; draw: Draw },
): Promise<boolean> {
  const clusters = { ...scene.clusters, [on]: name };
  await scene.kubectl(["apply", "-f", "-"], JSON.stringify(throughProxy({ ...scene, clusters }, on)));
  const items = Array.from({ length: jobs }, (_, index) => submission(scene, name, index));
  await scene.kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  const seen = async () =>
    listed.parse(
      JSON.parse(await scene.kubectl(["get", "jsub", "-l", `chaos/cluster=${name}`, "-o", "json"])),
    ).items;
  // One that has no attempt yet would wait for a person: a cluster that is being deleted takes no new jobs.
  await eventually(async () => (await seen()).every(({ status }) => (status.attempts ?? []).length > 0), {
    within: endsWithin,
    every: 500,
  });
  await sleep(draw.between(0, 1500));
  await scene.kubectl(["delete", "slurmcluster", name, "--wait=false"]);
  const isLive = (await seen()).some(({ status }) => status.phase !== "Done");
  await eventually(
    async () => {
      // A slurmctld that was killed meanwhile may hold a job until somebody of the site sees to it.
      await tendSite(scene);
      return (await seen()).every(({ status }) => status.finished === "true");
    },
    { within: endsWithin, every: 3000 },
    // What is not over by then is seen in the phases, and by the oracle.
  ).catch(() => undefined);
  const phases = (await seen()).map(({ status }) => status.phase);
  if (phases.some((phase) => phase !== "Done"))
    scene.complaints.push(`${name} was deleted under running jobs, and they ended as ${phases.join(", ")}`);
  await expectGone(scene, name);
  return isLive;
}

const submission = ({ namespace }: Scene, cluster: string, index: number): object => ({
  apiVersion: "batchwright.dev/v1alpha1",
  kind: "JobSubmission",
  metadata: { name: `${cluster.slice(namespace.length + 1)}-${index}`, labels: { "chaos/cluster": cluster } },
  spec: {
    from: { script: { name: "bash" } },
    target: { slurm: { name: cluster } },
    variables: Object.entries({
      RUN: `${cluster}-${index}`,
      MARKS: namespace,
      CODE: "0",
      FAILS: "0",
      LASTS: "4",
    }).map(([key, value]) => ({ name: key, value })),
  },
});

async function expectGone(scene: Scene, name: string): Promise<void> {
  const isGone = async () => {
    const { stdout } = await kubectl(scene.lab, [
      "get",
      "slurmcluster",
      name,
      "--ignore-not-found",
      "-o",
      "name",
    ]);
    return stdout === "";
  };
  await eventually(isGone, { within: endsWithin, every: 500 }).catch(() => {
    scene.complaints.push(`SlurmCluster ${name} is deleted, its jobs are over, and it does not go`);
  });
}

export const clusterDeletedFaults: readonly Fault[] = [
  {
    kind: "cluster deleted",
    lane: "people",
    quota: 20,
    what: "a SlurmCluster is deleted under its running jobs: they come to their end, then it goes",
    inject: play,
  },
];
