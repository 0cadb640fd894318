import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../fault.ts";
import { scratch } from "../scene.ts";
import { onEach } from "./on-each.ts";

const inUse = `$(df --output=iused ${scratch} | tail -n 1 | tr -d ' ')`;
const tryToWrite = `{ : >${scratch}/room-$$; } 2>/dev/null && rm ${scratch}/room-$$ && echo yes || true`;

export const workDirectoryFaults: readonly Fault[] = onEach(
  {
    kind: "no inodes left",
    quota: 10,
    lasts: 8,
    what: "the file system of the work directory takes no new file for two to ten seconds, with all bytes free",
    shakesJobs: true,
  },
  async (scene, cluster, draw) => {
    await scene.run(cluster, "root", `mount -o remount,nr_inodes=${inUse} ${scratch}`);
    const couldWrite = (await scene.run(cluster, "alice", tryToWrite)) === "yes";
    await sleep(draw.between(2000, 10_000));
    await scene.run(cluster, "root", `mount -o remount,nr_inodes=500k ${scratch}`);
    return !couldWrite;
  },
);
