import { eventually } from "../lab/eventually.ts";
import type { RunningOperator } from "../lab/operator.ts";
import { metricOf } from "./operator-load.ts";

const submissionQueue = 'name="submission"';

/** Until the operator knows `count` live submissions, has seen the queue, and has nothing in hand. */
export async function untilSteady(
  operator: RunningOperator,
  { cluster, within }: { readonly cluster: string; readonly within: number },
): Promise<void> {
  let quiet = 0;
  await eventually(
    async () => {
      const depth = await metricOf(operator, "workqueue_depth", submissionQueue);
      const unfinished = await metricOf(operator, "workqueue_unfinished_work_seconds", submissionQueue);
      const looks = await metricOf(
        operator,
        "batchwright_slurm_queries_total",
        `"${cluster}"`,
        '"squeue"',
        '"good"',
      );
      quiet = depth === 0 && unfinished === 0 && looks > 0 ? quiet + 1 : 0;
      return quiet >= 2;
    },
    { within, every: 250 },
  );
}
