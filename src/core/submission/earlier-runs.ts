import type { Attempt, JobSubmissionStatus } from "../../api/v1alpha1/job-submission-status.ts";
import type { JobSubmission } from "../../api/v1alpha1/job-submission.ts";
import { summariseArray } from "../slurm/array-summary.ts";
import { isEnded } from "../slurm/job-state-phase.ts";
import { baseStates } from "../slurm/job-state.ts";
import type { Claim } from "../status/conditions.ts";
import { arrayOf } from "./details.ts";
import { endWords } from "./end-words.ts";
import { reasons } from "./reasons.ts";
import { endsBefore, tasksOf } from "./retried-tasks.ts";
import { describeRun, isBetweenRuns, lastRun } from "./retry.ts";
import type { Situation } from "./situation.ts";

interface Told {
  readonly situation: Situation;
  readonly change?: Partial<JobSubmissionStatus>;
}

/**
 * A submission that has run is not told as one of which nothing ran. Where a retry cannot be sent, the end of the last run is the end; where it is cancelled
 * first, that run is in the message.
 */
export function afterEarlierRuns(submission: JobSubmission, told: Told): Told {
  const { situation, change } = told;
  const run = lastRun(submission.status);
  if (submission.status.retry === undefined || run === undefined) return told;
  if (situation.is === "rejected")
    return {
      situation: endOfRun(run, `It is not run again: ${situation.problem.message}`),
      change: { ...change, ...restoredEnd(submission, run) },
    };
  if (situation.is !== "aborted" || situation.ran) return told;
  return {
    situation: {
      ...situation,
      message: `${situation.message} Before, ${lower(describeRun(run))}.`,
      ran: true,
    },
    change: { ...restoredArray(submission), ...change },
  };
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** Of what has run, "nothing was sent" is not true. */
export function claimsAfterRuns({ retry }: JobSubmissionStatus, claims: readonly Claim[]): readonly Claim[] {
  if (retry === undefined) return claims;
  return claims.map((claim) =>
    claim.type === "Dispatched" && claim.status === "False"
      ? { ...claim, message: "The next attempt is not sent yet." }
      : claim,
  );
}

/** @param why nothing follows it */
export function endOfRun(run: Attempt, why: string): Situation {
  const state = baseStates.find((candidate) => candidate === run.end?.state);
  const words = state === undefined || !isEnded(state) || state === "CANCELLED" ? undefined : endWords[state];
  return {
    is: "aborted",
    reason: words?.reason ?? reasons.JobFailed,
    message: `${describeRun(run)}. ${why}`,
    ran: true,
  };
}

/** The scalars of the status as the last run left them. */
export function restoredEnd(submission: JobSubmission, run: Attempt): Partial<JobSubmissionStatus> {
  const { end, jobId } = run;
  if (end === undefined) return {};
  const { state, exitCode, signal, startedAt, endedAt } = end;
  return {
    state,
    exitCode,
    signal,
    startedAt,
    endedAt,
    jobId,
    flags: undefined,
    ...restoredArray(submission),
  };
}

/** Tasks that were to be sent again, and were not, ended as they had. */
function restoredArray(submission: JobSubmission): Partial<JobSubmissionStatus> {
  if (isBetweenRuns(submission.status)) return {};
  const settled = endsBefore(submission);
  return settled === undefined
    ? {}
    : { array: arrayOf(summariseArray({ ...nothingSeen, indexes: [], settled })) };
}

/** What a new attempt begins with: of a run that is over nothing is shown as if it were of the next. What its log said stays until there is another. */
export function begunAgain(submission: JobSubmission): Partial<JobSubmissionStatus> {
  if (!isBetweenRuns(submission.status)) return {};
  const tasks = endsBefore(submission) === undefined ? undefined : tasksOf(submission);
  const settled = new Set(tasks?.settled.map(({ index }) => index));
  const { outputs = [], startedAt } = submission.status;
  const kept = outputs.filter(({ task }) => task !== undefined && settled.has(task));
  return {
    state: undefined,
    flags: undefined,
    reason: undefined,
    jobId: undefined,
    nodes: undefined,
    submittedAt: undefined,
    // An array that is run in part has begun.
    startedAt: tasks === undefined ? undefined : startedAt,
    endedAt: undefined,
    exitCode: undefined,
    signal: undefined,
    restarts: undefined,
    priority: undefined,
    outputs: kept.length === 0 ? undefined : kept,
    array: tasks === undefined ? undefined : toBeSent(arrayOf(summariseArray({ ...nothingSeen, ...tasks }))),
  };
}

const nothingSeen = {
  rows: [],
  accounting: [],
  exits: [],
  remembered: new Map(),
  cancelled: false,
  waitsOver: false,
  turnedAwayCode: 0,
} as const;

type ReportedArray = NonNullable<JobSubmissionStatus["array"]>;

const toBeSent = (array: ReportedArray): ReportedArray => ({
  ...array,
  states: array.states.map((group) => (group.state === "UNKNOWN" ? { ...group, state: "PENDING" } : group)),
});
