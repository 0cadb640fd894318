import type { JobSubmission } from "../../../src/api/v1alpha1/job-submission.ts";
import type { Run } from "./schedule.ts";
import type { Mark } from "./witness.ts";

/** A submission's end as its user sees it. */
export type End = Record<string, unknown>;

/** What the object tells. */
export function endOf({ metadata, status }: JobSubmission): End {
  const { phase, state, exitCode, finished, jobId } = status;
  return {
    name: metadata.name,
    phase,
    state,
    exitCode,
    finished,
    jobId,
    array: endOfArray(status.array),
    finalizers: metadata.finalizers,
  };
}

/** When it was written says nothing of the end. */
function endOfArray(array: JobSubmission["status"]["array"]): object | undefined {
  if (array === undefined) return undefined;
  const { updatedAt: _, ...end } = array;
  return end;
}

/** What it must tell, from what was asked for and from the id under which the script says that it ran. */
export function expectedEnd(run: Run, marks: readonly Mark[]): End {
  // Of what was run again, the last attempt's: Slurm counts upwards.
  const mark = marks.toSorted((a, b) => b.slurmId - a.slurmId)[0];
  const isGood = run.fails === undefined;
  return {
    name: run.name,
    phase: isGood ? "Done" : "Aborted",
    state: isGood ? "COMPLETED" : "FAILED",
    exitCode: isGood ? 0 : 3,
    finished: "true",
    jobId: mark === undefined ? "the id of a job that ran" : String(mark.jobId),
    array: run.tasks === undefined ? undefined : arrayOf(run.tasks, run.fails),
    finalizers: [],
  };
}

function arrayOf(tasks: readonly number[], fails: Run["fails"]): object {
  const good = tasks.filter((task) => task !== fails);
  const states = [
    { state: "COMPLETED", count: good.length, indexes: rangesOf(good) },
    ...(fails === undefined ? [] : [{ state: "FAILED", count: 1, indexes: String(fails) }]),
  ];
  const failed =
    fails === undefined ? {} : { failed: [{ index: fails, state: "FAILED", exitCode: 3, signal: 0 }] };
  return { tasks: tasks.length, states, ...failed };
}

/** `0-1`, `0,2`: runs of neighbours in Slurm's notation. */
function rangesOf(indexes: readonly number[]): string {
  const text = indexes.join(",");
  return text === "0,1,2" ? "0-2" : text.replace("0,1", "0-1").replace("1,2", "1-2");
}

/** Which runs each script should have reported, in a stable order. */
export const expectedTasks = (runs: readonly Run[]): string[] =>
  runs
    .flatMap(({ name, tasks, fails, isRetried }) => {
      const once = (tasks ?? ["-"]).map((task) => `${name} ${task}`);
      return isRetried ? [...once, `${name} ${fails === "all" ? "-" : (fails ?? "")}`] : once;
    })
    .toSorted();

export const reportedTasks = (marks: readonly Mark[]): string[] =>
  marks.map(({ run, task }) => `${run} ${task ?? "-"}`).toSorted();

/** What accounting must say of each id that a script reported. */
export function expectedAccounts(runs: readonly Run[], marks: readonly Mark[]): Map<number, string> {
  const byName = new Map(runs.map((run) => [run.name, run]));
  return new Map(
    marks.map(({ run, slurmId, task }) => {
      const fails = byName.get(run)?.fails;
      const isBad = fails !== undefined && fails === (task ?? "all");
      return [slurmId, isBad ? "FAILED 3:0" : "COMPLETED 0:0"];
    }),
  );
}
