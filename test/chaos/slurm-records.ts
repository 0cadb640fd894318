import type { ClusterName } from "../lab/lab.ts";
import type { Scene } from "./scene.ts";

/** What Slurm itself says of one of its ids. */
export interface SlurmRecord {
  readonly jobId: string;
  readonly state: string;
  readonly exit: string;
}

/** From accounting where the cluster keeps it, else from the queue, which forgets. By the id that people use: `8`, `8_3`. */
export async function slurmRecords(
  scene: Scene,
  cluster: ClusterName,
): Promise<ReadonlyMap<string, SlurmRecord>> {
  const text = scene.lab.clusters[cluster].accounting
    ? await scene.run(cluster, "root", "sacct -X -n -P -a -S now-3hours -o JobID,State,ExitCode")
    : await scene.run(cluster, "root", "squeue -h -a -t all -r -O 'JobArrayID:|,State:|,exit_code:'");
  const rows = text.split("\n").filter((line) => line.includes("|"));
  return new Map(
    rows.map((row) => {
      const [jobId = "", state = "", exit = ""] = row.split("|").map((field) => field.trim());
      return [jobId, { jobId, state: state.split(" ")[0] ?? "", exit }] as const;
    }),
  );
}

/** What is in the queue, not over, and not sent by a fault. */
export async function liveJobs(scene: Scene, cluster: ClusterName): Promise<readonly string[]> {
  const text = await scene.run(cluster, "root", "squeue -h -a -u alice -o '%i %T %o'");
  return text
    .split("\n")
    .filter((line) => line !== "" && !scene.sentTwice.has(`${cluster} ${line.split(/[ _]/u)[0]}`));
}

/** The first id that Slurm has not given out. */
export async function nextJobId(scene: Scene, cluster: ClusterName): Promise<number> {
  return Number(await scene.run(cluster, "root", "scontrol show config | sed -n 's/^NEXT_JOB_ID *= *//p'"));
}
