import type { Attempt } from "../../api/v1alpha1/job-submission-status.ts";
import { type Problem, waiting } from "../problem.ts";
import type { JobRow } from "../slurm/job-row.ts";
import { isFinal } from "../slurm/job-state-phase.ts";
import { conditionOf } from "../status/conditions.ts";
import { replaceAttempt } from "./attempts.ts";
import { detailsOf } from "./details.ts";
import { isBereft, isOf, isSweeping, pictureFrom } from "./evidence.ts";
import { accountingOn, type Closed, type Look, marksOn } from "./facts.ts";
import { isUnwanted, type Observed } from "./observed.ts";
import { decideOutcome } from "./outcome.ts";
import { concludeQueueTimeout } from "./queue-timeout.ts";
import { reasons } from "./reasons.ts";
import { report, withAddition } from "./report.ts";
import { adopt, giveUp } from "./sending.ts";
import type { Step } from "./step.ts";
import { follow } from "./following.ts";

const againMs = 5000;

/**
 * Rules 8 and 9: close the token, then look, then report. Rule 8 (CLOSE_FIRST): after the close no start, first or repeated, gets past the launcher, so what
 * the look shows as ended stays ended.
 */
export function decideEnding(seen: Observed, attempt: Attempt): Step {
  const { closed } = seen.memory;
  if (closed === undefined) {
    const answer = seen.answers.close;
    if (answer === undefined) return { do: "ask", question: { ask: "close" } };
    // Unclear: nothing is known to be closed, so nothing may be concluded.
    return { do: "wait", ms: againMs };
  }
  // Follow the owner: of two jobs with one token only the owner runs.
  if (closed.owner.is === "job" && closed.owner.jobId !== Number(attempt.jobId))
    return adopt(seen, attempt, closed.owner.jobId);
  const look = freshLook(seen, closed);
  if (look === undefined) return { do: "ask", question: { ask: "look", after: closed.at } };
  return afterLook(seen, attempt, { closed, look });
}

/**
 * Rule 8 (LOOK_AFTER_CLOSE): ended counts only in an answer that was begun after the close. Once accounting or marks were read on such a look it stays the look of this
 * reconcile: a newer one may show a run whose end they do not know.
 */
function freshLook({ answers, latest }: Observed, closed: Closed): Look | undefined {
  const looks = [answers.marksOn, answers.accountingOn, answers.look, latest];
  return looks.find((look) => look !== undefined && look.begun > closed.at);
}

function afterLook(seen: Observed, attempt: Attempt, { closed, look }: { closed: Closed; look: Look }): Step {
  const live = look.rows.filter((row) => !isFinal(row));
  const own = live.filter(isOf(attempt));
  // Behind a word that nobody knows it may run.
  const runs = own.some((row) => row.state !== "PENDING" || row.unknownWord !== undefined);
  if (isUnwanted(seen)) return afterCancel(seen, attempt, { look, isLive: live.length > 0 });
  if (attempt.queueTimedOut === true && closed.owner.is === "void")
    return afterQueueTimeout(seen, attempt, { look, isLive: live.length > 0 });
  // What waited in the queue behind the close never gets past the fence, even if it has started since.
  if (runs && isSweeping(seen, attempt)) return stillEnding(seen);
  // Let in before the close, or just about to be turned away at the fence: either way it goes on to its end.
  if (runs) return followOn(seen, attempt, look);
  return afterRuns(seen, attempt, { closed, look, live, own });
}

/** Nothing runs in the look. @param own of `live`, the rows of the attempt's job */
function afterRuns(
  seen: Observed,
  attempt: Attempt,
  {
    closed,
    look,
    live,
    own,
  }: { closed: Closed; look: Look; live: readonly JobRow[]; own: readonly JobRow[] },
): Step {
  // Rule 5: nothing of a void token ever runs, so the next attempt need not wait for what is left of this one in the queue.
  if (closed.owner.is === "void" && own.length > 0) return giveUp(seen, attempt, lostBeforeStart(attempt));
  // Closed before it could start again, or a second job of the token: what lives here has nothing left to do.
  if (own.length > 0 && !isSweeping(seen, attempt)) return beginSweep(seen, attempt, look);
  if (live.length > 0 && seen.answers.cancelled === undefined)
    return { do: "ask", question: { ask: "cancel" } };
  if (own.length > 0) return stillEnding(seen);
  if (closed.owner.is === "void" && !hasEnd(look.rows.filter(isOf(attempt)), seen))
    return decideVoid(seen, attempt, look);
  return decideOutcome(seen, attempt, look);
}

function followOn(seen: Observed, attempt: Attempt, look: Look): Step {
  const picture = pictureFrom(seen, attempt, { rows: look.rows, waitsOver: false });
  return follow(seen, attempt, { picture, look });
}

/** The fence is ours: nothing of it runs, whatever Slurm still shows. */
function afterQueueTimeout(
  seen: Observed,
  attempt: Attempt,
  { look, isLive }: { look: Look; isLive: boolean },
): Step {
  const isGone = !isLive && seen.answers.cancelled?.length === 0;
  return isGone ? concludeQueueTimeout(seen, attempt, look) : afterCancel(seen, attempt, { look, isLive });
}

/** The login is asked whatever the observer shows: it sees its own jobs for certain. */
function afterCancel(
  seen: Observed,
  attempt: Attempt,
  { look, isLive }: { look: Look; isLive: boolean },
): Step {
  const { cancelled } = seen.answers;
  if (cancelled === undefined) return { do: "ask", question: { ask: "cancel" } };
  if (isLive || cancelled.length > 0) return stillEnding(seen);
  return decideOutcome(seen, attempt, look);
}

/**
 * A row that ended otherwise than at the fence: cancelled in the queue, past its deadline, its node failed before the launcher. COMPLETED
 * too, though the fence was free: nothing turned away ends so, and marks that somebody removed are no proof that nothing ran.
 */
function hasEnd(rows: readonly JobRow[], { turnedAwayCode }: Observed): boolean {
  return rows.some((row) => row.exit?.code !== turnedAwayCode);
}

/** The fence was free when it was closed: nothing ran and nothing will. What Slurm itself says of an end before the start still counts. */
function decideVoid(seen: Observed, attempt: Attempt, look: Look): Step {
  const { own } = seen.answers;
  if (attempt.jobId === undefined) return giveUp(seen, attempt, lostBeforeStart(attempt));
  const accounting = accountingOn(look, seen);
  if (accounting === undefined) return { do: "ask", question: { ask: "accounting", on: look } };
  const known = accounting === "none" ? [] : accounting.filter(isOf(attempt));
  if (hasEnd(known.filter(isFinal), seen)) return decideOutcome(seen, attempt, look);
  const marks = marksOn(look, seen);
  if (marks === undefined) return { do: "ask", question: { ask: "marks", on: look } };
  if (isBereft(attempt, marks)) return decideOutcome(seen, attempt, look);
  if (own === undefined) return { do: "ask", question: { ask: "own" } };
  return own.length > 0 ? stillEnding(seen) : giveUp(seen, attempt, lostBeforeStart(attempt));
}

function lostBeforeStart(attempt: Attempt): Problem {
  return waiting(
    reasons.DidNotRun,
    `Slurm lost job ${attempt.jobId ?? ""} before it started; made sure that nothing of it ran or will run, sending again`,
  );
}

/**
 * Rule 9 (SWEEP_STORED): that it is we who cancel is stored before it is done, or Slurm's CANCELLED would pass for the end of the job after a crash of ours. So are
 * the tasks that have ended by now: of those the word is not ours.
 */
function beginSweep(seen: Observed, attempt: Attempt, look: Look): Step {
  const { status } = seen.submission;
  const picture = pictureFrom(seen, attempt, { rows: look.rows, waitsOver: false });
  const attempts = replaceAttempt(status.attempts, withAddition(attempt, { swept: true }));
  const change = { ...detailsOf(picture, status), attempts };
  return report(seen, { situation: { is: "live", ...endingWords(seen) }, change, next: "again" });
}

function stillEnding(seen: Observed): Step {
  const told = conditionOf(seen.submission.status.conditions, "Reconciling");
  const words = endingWords(seen);
  if (told?.reason === reasons.QueueTimeout) return { do: "wait", ms: againMs };
  if (told?.reason === words.reason && told.message === words.message) return { do: "wait", ms: againMs };
  return report(seen, { situation: { is: "live", ...words }, next: { wait: againMs } });
}

const endingWords = (seen: Observed): { reason: string; message: string } =>
  isUnwanted(seen)
    ? { reason: reasons.Cancelling, message: "The job is being cancelled." }
    : {
        reason: reasons.Ending,
        message: "The job is over; what is left of it in the queue is being cancelled.",
      };
