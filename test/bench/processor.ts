import { readdir, readFile, readlink } from "node:fs/promises";
import { daemonPid } from "../lab/daemons.ts";
import type { Daemon, Lab } from "../lab/lab.ts";

const ticksPerSecond = 100;

/** Seconds of processor time so far. Rates suffer from whatever else the machine does; these do not. */
export interface Processor {
  /** API server and etcd. */
  readonly kube: number;
  /** Everything in the cluster's namespaces: slurmctld, slurmdbd, sshd, and the shells and sbatch calls that have ended. */
  readonly cluster: number;
}

export async function processorOf(lab: Lab): Promise<Processor> {
  const { apiserver, etcd } = lab.kube.daemons;
  return {
    kube: (await secondsOfDaemon(apiserver)) + (await secondsOfDaemon(etcd)),
    cluster: await secondsInside(lab),
  };
}

const secondsOfDaemon = async (daemon: Daemon): Promise<number> => secondsOf(await daemonPid(daemon));

/** User and system time of a process, and of its children that have ended. */
export async function secondsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) / ticksPerSecond;
}

async function secondsInside(lab: Lab): Promise<number> {
  const init = lab.clusters.c1.daemons["init"];
  if (init === undefined) throw new Error("the cluster has no init");
  const space = await readlink(`/proc/${await daemonPid(init)}/ns/pid`);
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/u.test(name)).map(Number);
  const times = await Promise.all(pids.map(async (pid) => secondsWithin(pid, space)));
  return times.reduce((sum, seconds) => sum + seconds, 0);
}

/** A process may end while it is looked at. */
async function secondsWithin(pid: number, space: string): Promise<number> {
  try {
    return (await readlink(`/proc/${pid}/ns/pid`)) === space ? await secondsOf(pid) : 0;
  } catch {
    return 0;
  }
}
