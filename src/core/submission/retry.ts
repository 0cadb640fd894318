import {
  type Attempt,
  type JobSubmissionStatus,
  mostRetriedText,
} from "../../api/v1alpha1/job-submission-status.ts";
import type { JobSubmission, Retry } from "../../api/v1alpha1/job-submission.ts";
import { after, type Instant } from "../instant.ts";
import type { EndedTask } from "../slurm/array-summary-ends.ts";
import { writeIndexes } from "../slurm/array-summary-ranges.ts";
import { fromTime, toTime } from "../status/time.ts";
import { isUnwanted, type Observed } from "./observed.ts";
import type { Picture } from "./picture.ts";
import { isRetriedAfter } from "./retried-tasks.ts";

const defaultBackoffSeconds = 30;
const longestBackoffMs = 3_600_000;

type RetryStatus = NonNullable<JobSubmissionStatus["retry"]>;

/** What follows an end that is certain: another run, or nothing, and then perhaps something is to be said of that. */
export type AfterEnd =
  | { readonly is: "retry"; readonly retry: RetryStatus }
  | { readonly is: "over"; readonly why: string | undefined };

/** Nothing is to be said of it. */
const over: AfterEnd = { is: "over", why: undefined };

/** The token is closed and the end is certain (rule 9): only then does anybody ask whether the job is run again. */
export function judgeEnd(seen: Observed, { verdict, array }: Picture): AfterEnd {
  const { submission } = seen;
  const { retry } = submission.spec;
  if (retry === undefined || isUnwanted(seen) || verdict.is !== "ended") return over;
  const tasks = retry.scope === "FailedTasks" ? array?.ended : undefined;
  const count = submission.status.retry?.count ?? 0;
  const again = (tasks ?? [verdict]).filter(({ state }) => isRetriedAfter(submission, state));
  if (again.length === 0) return count === 0 ? over : { is: "over", why: ranBefore(count) };
  if (count >= retry.limit)
    return { is: "over", why: `${ranBefore(count)}, as often as spec.retry.limit (${retry.limit}) allows` };
  return nextRun(seen, retry, { count: count + 1, ends: tasks && endsOf(tasks), tasks: again.length });
}

function nextRun(
  seen: Observed,
  retry: Retry,
  { tasks, ...next }: { count: number; ends: RetryStatus["ends"]; tasks: number },
): AfterEnd {
  if (lengthOf(next.ends ?? []) <= mostRetriedText)
    return { is: "retry", retry: nextRetry(seen, retry, next) };
  return {
    is: "over",
    why: `The ${tasks} tasks are not run again: their list has more than ${mostRetriedText} characters. Use spec.retry.scope Job, or smaller arrays`,
  };
}

function nextRetry(
  { now }: Observed,
  retry: Retry,
  { count, ends }: { count: number; ends: RetryStatus["ends"] },
): RetryStatus {
  return {
    count,
    since: toTime(now),
    nextAt: toTime(after(now, backoffMs(retry, count))),
    ...(ends === undefined ? {} : { ends }),
  };
}

const ranBefore = (count: number): string =>
  count === 0 ? "It is not run again" : `It was run again ${times(count)}`;
const times = (count: number): string => (count === 1 ? "once" : `${count} times`);

/** Doubles from retry to retry. */
function backoffMs({ backoffSeconds = defaultBackoffSeconds }: Retry, count: number): number {
  const first = backoffSeconds * 1000;
  return Math.min(first * 2 ** (count - 1), Math.max(first, longestBackoffMs));
}

function endsOf(tasks: readonly EndedTask[]): NonNullable<RetryStatus["ends"]> {
  const groups = Map.groupBy(
    tasks.filter(({ state }) => state !== "COMPLETED"),
    ({ state }) => state,
  );
  return [...groups].map(([state, group]) => ({
    state,
    indexes: writeIndexes(
      group.map(({ index }) => index),
      Number.POSITIVE_INFINITY,
    ),
  }));
}

const lengthOf = (ends: readonly { readonly indexes: string }[]): number =>
  ends.reduce((sum, { indexes }) => sum + indexes.length, 0);

/**
 * For how many milliseconds the retry must still wait; 0 once an attempt of it was opened. A wait that seems to begin in the future tells that our clock
 * was set back: nobody knows for how long it has lasted, so it is over, as for void attempts.
 */
export function waitForRetry({ spec, status }: JobSubmission, now: Instant): number {
  const { retry } = status;
  if (retry === undefined || spec.retry === undefined || !isBetweenRuns(status)) return 0;
  const { since, nextAt } = retry;
  return fromTime(since) > now ? 0 : Math.max(0, fromTime(nextAt) - now);
}

/** The last attempt has ended by itself, and the retry that follows it has no attempt yet. */
export function isBetweenRuns({ attempts, retry }: JobSubmissionStatus): boolean {
  const last = attempts?.at(-1);
  return retry !== undefined && last?.ended !== undefined && last.end !== undefined;
}

/** The attempt that has last run to an end. */
export function lastRun({ attempts }: JobSubmissionStatus): Attempt | undefined {
  return attempts?.findLast(({ end }) => end !== undefined);
}

/** `Attempt 2 (job 17) ended FAILED with exit code 3` */
export function describeRun({ index, jobId, end }: Attempt): string {
  const job = jobId === undefined ? "" : ` (job ${jobId})`;
  return `Attempt ${index}${job} ended ${end?.state ?? "somehow"}${codeOf(end)}`;
}

function codeOf(end: Attempt["end"]): string {
  if (end?.state !== "FAILED" || end.exitCode === undefined) return "";
  if (end.signal !== undefined && end.signal !== 0) return ` by signal ${end.signal}`;
  return ` with exit code ${end.exitCode}`;
}
