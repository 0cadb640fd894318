import type { JobSubmissionStatus } from "../../api/v1alpha1/job-submission-status.ts";
import type { JobSubmission } from "../../api/v1alpha1/job-submission.ts";
import { conditionOf } from "../status/conditions.ts";
import { fromTime } from "../status/time.ts";
import { endOfRun, restoredEnd } from "./earlier-runs.ts";
import type { Observed } from "./observed.ts";
import { reasons } from "./reasons.ts";
import { report } from "./report.ts";
import { tasksOf } from "./retried-tasks.ts";
import { describeRun, lastRun, waitForRetry } from "./retry.ts";
import type { Step } from "./step.ts";

/** Rule 11 (END_AND_RETRY_AT_ONCE): the end of a run is stored with the retry that follows it, in one write: no crash in between ends the submission, or counts a retry twice. */
export function storeRetry(seen: Observed, change: Partial<JobSubmissionStatus>): Step {
  const { submission, now } = seen;
  const next = { ...submission, status: { ...submission.status, ...change } };
  return report(seen, {
    situation: { is: "retrying", message: retryWords(next) },
    change,
    next: { wait: waitForRetry(next, now) },
  });
}

/** What stands between the run that has ended and the next; undefined when that may be sent. */
export function decideBetweenRuns(seen: Observed): Step | undefined {
  const { submission, now } = seen;
  const { spec, status, metadata } = submission;
  const run = lastRun(status);
  if (status.retry === undefined || run === undefined) return undefined;
  const limit = spec.retry?.limit ?? 0;
  if (status.retry.count > limit)
    return report(seen, {
      situation: endOfRun(run, `It is not run again: spec.retry.limit is now ${limit}.`),
      change: restoredEnd(submission, run),
      next: "again",
    });
  if (spec.suspend === true) return undefined;
  const leftMs = waitForRetry(submission, now);
  if (leftMs === 0) return undefined;
  const told = conditionOf(status.conditions, "Succeeded");
  if (told?.reason === reasons.Retrying && told.observedGeneration === metadata.generation)
    return { do: "wait", ms: leftMs };
  return report(seen, {
    situation: { is: "retrying", message: retryWords(submission) },
    next: { wait: leftMs },
  });
}

function retryWords(submission: JobSubmission): string {
  const { retry } = submission.status;
  const run = lastRun(submission.status);
  if (retry === undefined || run === undefined) return "";
  const tasks = retry.ends === undefined ? undefined : tasksOf(submission)?.indexes.length;
  const what = tasks === undefined ? "it is" : tasks === 1 ? "1 task of it is" : `${tasks} tasks of it are`;
  const isDue = fromTime(retry.nextAt) <= fromTime(retry.since);
  const when = isDue ? "now" : `not before ${retry.nextAt}`;
  return `${describeRun(run)}; ${what} run again ${when} (retry ${retry.count} of ${submission.spec.retry?.limit ?? 0}). spec.cancel or a lower spec.retry.limit ends that.`;
}
