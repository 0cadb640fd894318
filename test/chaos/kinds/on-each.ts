import { setTimeout as sleep } from "node:timers/promises";
import { type Part, signalDaemon, startDaemon, stopDaemon } from "../../lab/daemons.ts";
import type { ClusterName, Daemon } from "../../lab/lab.ts";
import type { Draw } from "../draw.ts";
import type { Fault } from "../fault.ts";
import { clusterNames, type Scene } from "../scene.ts";

export const minute = 60_000;

/** A fault of one cluster, as two kinds: each release is another program. The quota is each one's. */
export const onEach = (
  about: Pick<Fault, "kind" | "quota" | "lasts" | "what" | "shakesJobs" | "leavesStages">,
  act: (scene: Scene, cluster: ClusterName, draw: Draw) => Promise<boolean>,
): readonly Fault[] =>
  clusterNames.map((cluster) => ({
    ...about,
    kind: `${about.kind} (${cluster})`,
    lane: cluster,
    inject: async (scene, draw) => act(scene, cluster, draw),
  }));

export const daemonOf = ({ lab }: Scene, cluster: ClusterName, name: string): Daemon => {
  const daemon = lab.clusters[cluster].daemons[name];
  if (daemon === undefined) throw new Error(`${cluster} has no ${name}`);
  return daemon;
};

/** SIGSTOP for so long. */
export async function freeze(daemon: Daemon, milliseconds: number): Promise<true> {
  try {
    await signalDaemon(daemon, "SIGSTOP");
    await sleep(milliseconds);
  } finally {
    await signalDaemon(daemon, "SIGCONT");
  }
  return true;
}

/** Ended in good order, and started again on its data after so long. */
export async function takeDown(
  { lab }: Pick<Scene, "lab">,
  { part, daemon }: { readonly part: Part; readonly daemon: string },
  milliseconds: number,
): Promise<true> {
  try {
    await stopDaemon(lab, part, daemon);
    await sleep(milliseconds);
  } finally {
    await startDaemon(lab, part, daemon);
  }
  return true;
}
