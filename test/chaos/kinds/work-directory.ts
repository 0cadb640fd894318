import { setTimeout as sleep } from "node:timers/promises";
import { ensureQuota, hasQuotas } from "../../lab/quota.ts";
import type { Fault } from "../fault.ts";
import { limited, type Scene, scratch, throughProxy } from "../scene.ts";
import type { ClusterName } from "../../lab/lab.ts";
import { onEach } from "./on-each.ts";

const inUse = `$(df --output=iused ${scratch} | tail -n 1 | tr -d ' ')`;
const canWrite = async ({ run }: Scene, cluster: ClusterName, directory: string): Promise<boolean> =>
  (await run(
    cluster,
    "alice",
    `{ : >${directory}/room-$$; } 2>/dev/null && rm ${directory}/room-$$ && echo yes || true`,
  )) === "yes";

export const workDirectoryFaults: readonly Fault[] = [
  ...onEach(
    {
      kind: "disk full",
      quota: 10,
      lasts: 12,
      what: "no byte is free in the work directory for ten seconds",
      shakesJobs: true,
    },
    async (scene, cluster) => {
      try {
        await scene.run(cluster, "root", `head -c 1G /dev/zero >${scratch}/fill 2>/dev/null; true`);
        await sleep(10_000);
      } finally {
        await scene.run(cluster, "root", `rm -f ${scratch}/fill`);
      }
      return true;
    },
  ),
  ...onEach(
    {
      kind: "no inodes left",
      quota: 10,
      lasts: 8,
      what: "the file system of the work directory takes no new file for two to ten seconds, with all bytes free",
      shakesJobs: true,
    },
    async (scene, cluster, draw) => {
      try {
        await scene.run(cluster, "root", `mount -o remount,nr_inodes=${inUse} ${scratch}`);
        const couldWrite = await canWrite(scene, cluster, scratch);
        await sleep(draw.between(2000, 10_000));
        return !couldWrite;
      } finally {
        await scene.run(cluster, "root", `mount -o remount,nr_inodes=500k ${scratch}`);
      }
    },
  ),
  ...onEach(
    {
      kind: "quota reached",
      quota: 10,
      lasts: 16,
      what: "the SlurmCluster's work directory is moved to a file system with a quota, and this is used up for two to ten seconds (EDQUOT); then both are taken back, under jobs that are still there",
      shakesJobs: true,
    },
    async (scene, cluster, draw) => {
      if (!(await hasQuotas())) return false;
      const quota = await ensureQuota(scene.lab, cluster, limited.mount);
      const point = async (spec: Readonly<Record<string, unknown>>) =>
        scene.kubectl(["apply", "-f", "-"], JSON.stringify(throughProxy(scene, cluster, spec)));
      try {
        await point({ workDirectory: `${limited.directory}/%u` });
        await sleep(draw.between(3000, 6000));
        await quota.useUp();
        const couldWrite = await canWrite(scene, cluster, limited.directory);
        await sleep(draw.between(2000, 10_000));
        return !couldWrite;
      } finally {
        await quota.lift();
        await point({});
      }
    },
  ),
];
