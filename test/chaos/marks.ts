import type { ClusterName } from "../lab/lab.ts";
import type { Scene } from "./scene.ts";

/** One start of a job's script, or of one task's, as the script itself wrote it down. */
export interface Start {
  /** Of the task itself: no two tasks have the same. */
  readonly slurmId: number;
  readonly jobId: number;
  readonly task: number | undefined;
  readonly restart: number;
  /** What it ended with; undefined where it did not come to its end. */
  readonly code: number | undefined;
  /** Lines of the run's file in which it began and ended: what came before what. */
  readonly beganAt: number;
  readonly endedAt: number | undefined;
}

/** All starts of a cluster's jobs, by run, in their order. */
export async function readMarks(
  scene: Scene,
  cluster: ClusterName,
): Promise<ReadonlyMap<string, readonly Start[]>> {
  const text = await scene.run(
    cluster,
    "alice",
    `cd ${scene.namespace} && for f in *; do if [ -f "$f" ]; then sed "s/^/$f /" "$f"; fi; done`,
  );
  const runs = new Map<string, Start[]>();
  for (const [at, line] of text.split("\n").entries()) {
    if (line === "") continue;
    const [run = "", word, slurmId, jobId, task, restart, code] = line.split(" ");
    const starts = runs.get(run) ?? [];
    runs.set(run, starts);
    if (word === "start") {
      const index = task === "-" ? undefined : Number(task);
      starts.push({
        slurmId: Number(slurmId),
        jobId: Number(jobId),
        task: index,
        restart: Number(restart),
        code: undefined,
        beganAt: at,
        endedAt: undefined,
      });
      continue;
    }
    const last = starts.findLastIndex(
      (start) => start.slurmId === Number(slurmId) && start.code === undefined,
    );
    const begun = starts[last];
    if (begun !== undefined) starts[last] = { ...begun, code: Number(code), endedAt: at };
  }
  return runs;
}
