import type { Start } from "./marks.ts";
import type { Sent } from "./sent.ts";
import type { SlurmRecord } from "./slurm-records.ts";

/** What one job did of a submission: each run again is a job of its own. */
export interface Run {
  readonly jobId: number;
  readonly starts: readonly Start[];
}

/** By their first starts. */
export function runsOf(starts: readonly Start[]): readonly Run[] {
  return [...Map.groupBy(starts, ({ jobId }) => jobId)].map(([jobId, own]) => ({ jobId, starts: own }));
}

/** How often at most it may run, whatever went wrong on the way. */
export const mostRuns = ({ retries }: Sent): number =>
  1 + Math.max(retries?.limit ?? 0, retries?.laterLimit ?? 0);

/** How each task's last start ended. */
export function lastCodes(starts: readonly Start[]): readonly (number | undefined)[] {
  return [...lastStarts(starts).values()].map(({ code }) => code);
}

const lastStarts = (starts: readonly Start[]): ReadonlyMap<number | undefined, Start> =>
  new Map(starts.map((start) => [start.task, start]));

/**
 * What was run though it should not have been: oftener than its limit allows, or after it had ended well.
 * @param isShaken Slurm may have ended a run that did not come to its end by itself
 */
export function wronglyRun(sent: Sent, starts: readonly Start[], isShaken: boolean): readonly string[] {
  const runs = runsOf(starts);
  if (runs.length > mostRuns(sent))
    return [`ran as ${runs.length} jobs: ${runs.map(({ jobId }) => jobId).join(", ")}`];
  return runs.flatMap((run, index) => {
    const before = runs[index - 1];
    return before === undefined ? [] : wrongAfter(sent, { before, run, isShaken });
  });
}

/** A run follows another only when that is over and has failed; of an array, only the failed tasks may be run again. */
function wrongAfter(
  { retries }: Sent,
  { before, run, isShaken }: { before: Run; run: Run; isShaken: boolean },
): readonly string[] {
  const earlier = lastStarts(before.starts);
  const told = `job ${run.jobId} ran after job ${before.jobId}`;
  const wrong: string[] = [];
  const began = Math.min(...run.starts.map(({ beganAt }) => beganAt));
  const lives = [...earlier.values()].some(({ endedAt }) => endedAt === undefined || endedAt > began);
  if (lives && !isShaken) wrong.push(`${told}, which was not over`);
  if ([...earlier.values()].every(({ code }) => code === 0)) wrong.push(`${told}, which had ended well`);
  if (retries?.scope !== "FailedTasks") return wrong;
  const needless = [...lastStarts(run.starts).keys()].filter((task) => earlier.get(task)?.code === 0);
  if (needless.length > 0) wrong.push(`${told} with tasks that had ended well: ${needless.join(", ")}`);
  return wrong;
}

/** How often it must have run at least: each failure is followed by another run, as long as the limit allows. */
export function missingRuns({ failures, retries }: Sent, starts: readonly Start[]): string | undefined {
  const least = 1 + Math.min(failures, retries?.limit ?? 0, retries?.laterLimit ?? 0);
  const ran = runsOf(starts).length;
  return ran < least ? `ran ${ran} times, and should have ${least} times` : undefined;
}

/** Runs before the last, of which Slurm does not say that they failed. */
export function unfailedRuns(
  starts: readonly Start[],
  records: ReadonlyMap<string, SlurmRecord>,
): string | undefined {
  const odd = runsOf(starts)
    .slice(0, -1)
    .flatMap(({ jobId, starts: own }) =>
      [...lastStarts(own).values()]
        .filter(({ code }) => code !== 0)
        .map(({ task }) => records.get(task === undefined ? String(jobId) : `${jobId}_${task}`)),
    )
    .find((record) => record !== undefined && record.state !== "FAILED");
  return odd === undefined ? undefined : `Slurm says ${odd.state} of job ${odd.jobId}, which was run again`;
}
