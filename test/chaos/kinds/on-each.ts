import type { ClusterName, Daemon } from "../../lab/lab.ts";
import type { Draw } from "../draw.ts";
import type { Fault } from "../fault.ts";
import { clusterNames, type Scene } from "../scene.ts";

/** A fault of one cluster, as two kinds: each release is another program. */
export const onEach = (
  about: Pick<Fault, "kind" | "quota" | "what" | "shakesJobs">,
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
