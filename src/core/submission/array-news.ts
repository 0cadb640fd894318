import type { JobSubmissionStatus } from "../../api/v1alpha1/job-submission-status.ts";
import type { Instant } from "../instant.ts";
import { fromTime } from "../status/time.ts";

type ReportedArray = NonNullable<JobSubmissionStatus["array"]>;

/** What moves all the time is written so often when nothing else is. */
const slowMs = 600_000;
/** A failed task may be all that will ever be known of it: Slurm forgets an ended task after MinJobAge (300 s by default). */
const failureMs = 60_000;
/** Of the tasks. Each goes through three states, so progress alone is about twenty writes however many tasks there are. */
const progress = 0.1;

/**
 * When what an array shows now is due to be written, by what was written last. The first failure, and each tenth of the tasks that has moved
 * on, at once; further failures within a minute; all else every ten minutes.
 */
export function arrayDueAt(now: ReportedArray, told: ReportedArray | undefined, moment: Instant): number {
  if (told?.updatedAt === undefined) return moment;
  const since = fromTime(told.updatedAt);
  // Our clock was set back: nobody knows how old it is.
  if (since > moment) return moment;
  const failures = failuresOf(now);
  if (failures > 0 && failuresOf(told) === 0) return moment;
  if (movedTasks(now, told) >= progress * now.tasks) return moment;
  return since + (failures === failuresOf(told) ? slowMs : failureMs);
}

const failuresOf = ({ failed = [], failedNotListed = 0 }: ReportedArray): number =>
  failed.length + failedNotListed;

/** At least so many tasks are in another state than before. */
function movedTasks(now: ReportedArray, told: ReportedArray): number {
  const before = new Map(told.states.map(({ state, count }) => [state, count]));
  return now.states.reduce((sum, { state, count }) => sum + Math.max(0, count - (before.get(state) ?? 0)), 0);
}
