import type { Attempt, JobSubmissionStatus } from "../../api/v1alpha1/job-submission-status.ts";
import { after, type Instant } from "../instant.ts";
import { fromTime } from "../status/time.ts";
import { isToken, type Token } from "../slurm/token.ts";

/** Ended attempts beyond this are dropped from the record, oldest first. Nothing of them runs or ever will, so nobody looks for them again; but the last run stays, as its end may be the end of all. */
const mostKept = 16;

/** How long after it was opened an attempt may still be sent, in milliseconds. Its marks are kept at least as long. */
export const sendHorizonMs = 7 * 86_400_000;

/** Rule 3 (PUT_DEADLINE): fixed for the token by what is stored of it, so that every put of it and `forget` know the same. */
export function deadlineOf(attempt: Attempt): Instant {
  return after(fromTime(attempt.since), sendHorizonMs);
}

/** The attempt that is not ended: the only one of which anything may run. */
export function openAttempt(status: JobSubmissionStatus): Attempt | undefined {
  const last = status.attempts?.at(-1);
  return last?.ended === undefined ? last : undefined;
}

export function replaceAttempt(attempts: readonly Attempt[] | undefined, attempt: Attempt): Attempt[] {
  const all = [...(attempts ?? []).filter((other) => other.index !== attempt.index), attempt];
  const kept = all.slice(-mostKept);
  const run = all.findLast(({ end }) => end !== undefined);
  return run === undefined || kept.includes(run) ? kept : [run, ...kept.slice(1)];
}

export function nextIndex(attempts: readonly Attempt[] | undefined): number {
  return (attempts?.at(-1)?.index ?? 0) + 1;
}

/** @throws RangeError for a token that we did not write: somebody edited the status */
export function tokenOfAttempt(attempt: Attempt): Token {
  if (!isToken(attempt.token))
    throw new RangeError(`status.attempts[${attempt.index}].token is not a token: ${attempt.token}`);
  return attempt.token;
}

/**
 * For how many milliseconds the next attempt must still wait. The first void one is followed at once (a lost answer is no reason to wait); after that
 * the waits double up to ten minutes, so that a full queue or a broken node is not hammered. An attempt that seems to be of the future tells that our
 * clock was set back: nobody knows for how long it has waited, and a wait out of courtesy must not last until the clock has caught up.
 */
export function waitForNextAttempt(attempts: readonly Attempt[] | undefined, now: Instant): number {
  const last = attempts?.at(-1);
  if (last === undefined) return 0;
  const ended = attempts ?? [];
  const wasSent = ended.findLastIndex((attempt) => attempt.ended !== "DidNotRun");
  const inRow = ended.length - 1 - wasSent;
  const since = fromTime(last.since);
  if (inRow <= 1 || since > now) return 0;
  const waitMs = Math.min(5000 * 2 ** (inRow - 2), 600_000);
  return Math.max(since + waitMs - now, 0);
}
