import type { JobSubmission } from "../../api/v1alpha1/job-submission.ts";
import { expandIndexes, parseArraySpec } from "../slurm/array-spec.ts";
import { type EndedTask, rememberEnds } from "../slurm/array-summary-ends.ts";
import { writeIndexes } from "../slurm/array-summary-ranges.ts";

/** States that a run is followed by another after, where nobody says otherwise: what comes the same again the next time is not among them. */
const defaultStates = ["FAILED", "NODE_FAIL", "BOOT_FAIL", "PREEMPTED"] as const;

export function isRetriedAfter({ spec }: JobSubmission, state: string): boolean {
  const states: readonly string[] = spec.retry?.when ?? defaultStates;
  return states.includes(state);
}

/** The tasks of an array that the open attempt, or the next, is about. */
export interface ArrayTasks {
  readonly indexes: readonly number[];
  /** Ascending. Their end is known from earlier attempts, and stays. */
  readonly settled: readonly EndedTask[];
}

/**
 * Undefined for a job that is no array. Rule 11 (FAILED_TASKS_ONLY): rests on what was stored with the last retry alone, which is whole: of the lists in `status.array`
 * long ones are cut.
 */
export function tasksOf(submission: JobSubmission): ArrayTasks | undefined {
  const before = endsBefore(submission);
  if (before === undefined) {
    const spec = arrayOption(submission);
    return spec === undefined ? undefined : { indexes: expandIndexes(parseArraySpec(spec)), settled: [] };
  }
  const isAgain = ({ state }: EndedTask): boolean => isRetriedAfter(submission, state);
  return {
    indexes: before.filter(isAgain).map(({ index }) => index),
    settled: before.filter((task) => !isAgain(task)),
  };
}

/** How each task of the array had ended before the last retry; undefined where that sends the whole job. Ascending. */
export function endsBefore(submission: JobSubmission): readonly EndedTask[] | undefined {
  const { retry, array } = submission.status;
  const spec = arrayOption(submission);
  if (retry?.ends === undefined || spec === undefined) return undefined;
  const ends = rememberEnds({ states: retry.ends, failed: array?.failed });
  return expandIndexes(parseArraySpec(spec)).map(
    (index) => ends.get(index) ?? { index, state: "COMPLETED", exit: undefined },
  );
}

/** Of the whole array, whatever a retry sends of it. */
const arrayOption = ({ status }: JobSubmission): string | undefined =>
  status.effectiveOptions?.find(({ option }) => option === "array")?.value;

/** What `--array` says for the tasks that a retry sends again; undefined where it sends the whole job. */
export function arrayToSend(submission: JobSubmission): string | undefined {
  if (submission.status.retry?.ends === undefined) return undefined;
  const tasks = tasksOf(submission);
  if (tasks === undefined) return undefined;
  const limit = /%.*$/u.exec(arrayOption(submission) ?? "")?.[0] ?? "";
  return `${writeIndexes(tasks.indexes, Number.POSITIVE_INFINITY)}${limit}`;
}
