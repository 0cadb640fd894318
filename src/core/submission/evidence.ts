import type { Attempt } from "../../api/v1alpha1/job-submission-status.ts";
import type { JobRow } from "../slurm/job-row.ts";
import type { Marks } from "../slurm/marks.ts";
import { isUnwanted, type Observed } from "./observed.ts";
import { pictureOf, type Picture } from "./picture.ts";
import { tasksOf } from "./retried-tasks.ts";

export function isOf(attempt: Attempt): (row: JobRow) => boolean {
  const jobId = Number(attempt.jobId);
  return (row) => row.jobId === jobId;
}

/** What rows, accounting and marks together say of the attempt's job. Rule 7: rows count only with our token, so all of these carry it. */
export function pictureFrom(
  seen: Observed,
  attempt: Attempt,
  given: { rows: readonly JobRow[]; waitsOver: boolean },
): Picture {
  const { accounting, marks } = seen.answers;
  const isOwn = isOf(attempt);
  const isSaid = isSweeping(seen, attempt) ? (row: JobRow) => isOwn(row) && row.state !== "CANCELLED" : isOwn;
  return pictureOf({
    rows: given.rows.filter(isSaid),
    accounting: accounting === undefined || accounting === "none" ? [] : accounting.filter(isSaid),
    exits: (marks?.exits ?? []).filter((mark) => mark.jobId === Number(attempt.jobId)),
    cancelled: isUnwanted(seen) || attempt.queueTimedOut === true,
    waitsOver: given.waitsOver,
    turnedAwayCode: seen.turnedAwayCode,
    tasks: tasksOf(seen.submission),
    reported: seen.submission.status.array,
  });
}

/**
 * A run removes the mark of the one before it, and leaves its own as it ends: behind the close, a mark is the proof that nothing runs. What Slurm shows
 * as ended is none: after a crash that may be the end of an earlier run, while a requeue that it has forgotten still runs on its node.
 */
export function hasLeftEnd({ answers: { marks }, submission }: Observed, { jobId }: Attempt): boolean {
  const exits = (marks?.exits ?? []).filter((mark) => mark.jobId === Number(jobId));
  const tasks = tasksOf(submission)?.indexes ?? [undefined];
  const ended = new Set(exits.map(({ taskIndex }) => taskIndex));
  return tasks.every((index) => ended.has(index));
}

/** Whether CANCELLED is the word for what we do unasked behind the close: then it says nothing of how the job ended. */
export function isSweeping(seen: Observed, { swept }: Attempt): boolean {
  return swept === true && !isUnwanted(seen);
}

/**
 * Slurm gave an id, and there is no trace of a try: somebody has removed the marks, or this is not the file system that they are on. Then a
 * fence that is free proves nothing, and nothing may be sent again because of it.
 */
export function isBereft({ jobId }: Attempt, marks: Marks | undefined): boolean {
  return jobId !== undefined && marks?.tried === false;
}
