import type { Attempt, JobSubmissionStatus } from "../../api/v1alpha1/job-submission-status.ts";
import { waiting } from "../problem.ts";
import { type Exit, isSignal } from "../slurm/exit-code.ts";
import { cutIndexes } from "../slurm/array-summary-ranges.ts";
import { reasonInPlainWords } from "../slurm/reason.ts";
import type { EndedState } from "../slurm/job-state-phase.ts";
import { replaceAttempt } from "./attempts.ts";
import { storeRetry } from "./between-runs.ts";
import { detailsOf } from "./details.ts";
import { endWords } from "./end-words.ts";
import { hasLeftEnd, isBereft, isSweeping, pictureFrom } from "./evidence.ts";
import { accountingOn, marksOn, type Look } from "./facts.ts";
import { hasLasted } from "./memory.ts";
import { logStatus, openRequest, placeOfLog, readAt } from "./log.ts";
import { isDeleting, isUnwanted, type Observed } from "./observed.ts";
import type { Picture } from "./picture.ts";
import { reasons } from "./reasons.ts";
import { type KeptOutputs, keepOutputs } from "./kept-outputs.ts";
import { judgeEnd } from "./retry.ts";
import { giveUp } from "./sending.ts";
import { report, withAddition } from "./report.ts";
import type { Situation } from "./situation.ts";
import type { Step } from "./step.ts";

const againMs = 5000;

/** The token is closed and nothing of it lives in a later look. What is still asked here makes the verdict true; then it is stored, once. */
export function decideOutcome(seen: Observed, attempt: Attempt, look: Look): Step {
  const mayHaveRun = attempt.jobId !== undefined || seen.memory.closed?.owner.is === "job";
  const { quietSince, quietFrom } = seen.memory;
  const waitsOver = hasLasted({ tick: quietSince, begun: quietFrom }, look, seen);
  // Rule 9 (MARKS_AFTER_LOOK): read after the look, what it shows as over has left its mark by then, and nothing starts after the close.
  if (mayHaveRun && marksOn(look, seen) === undefined)
    return { do: "ask", question: { ask: "marks", on: look } };
  const before = pictureFrom(seen, attempt, { rows: look.rows, waitsOver: false });
  if (mayHaveRun && accountingOn(look, seen) === undefined && hasGap(before))
    return { do: "ask", question: { ask: "accounting", on: look } };
  const picture = pictureFrom(seen, attempt, { rows: look.rows, waitsOver });
  if (mustWait(seen, attempt, picture) && !waitsOver) return { do: "wait", ms: againMs };
  return conclude(seen, attempt, picture);
}

/** Whether squeue and the marks leave the job, or a task of it, open. */
function hasGap({ verdict, lead, array }: Picture): boolean {
  return (
    verdict.is === "unknown" ||
    lead === undefined ||
    array?.states.some(({ state }) => state === "UNKNOWN") === true
  );
}

/** An orphan may outlive a cancelled or vanished job by a node's registration. */
function mustWait(seen: Observed, attempt: Attempt, { verdict, lead }: Picture): boolean {
  if (seen.memory.closed?.owner.is === "void") return false;
  if (!hasLeftEnd(seen, attempt)) return true;
  return (
    isUnwanted(seen) ||
    lead === undefined ||
    verdict.is === "unknown" ||
    (verdict.is === "ended" && verdict.state === "CANCELLED") ||
    // A node that does not answer may still run it, and another run may follow.
    (seen.submission.spec.retry !== undefined && verdict.is === "ended" && verdict.state === "NODE_FAIL")
  );
}

function conclude(seen: Observed, attempt: Attempt, picture: Picture): Step {
  const { verdict } = picture;
  const isOpen = verdict.is !== "ended" && verdict.is !== "live";
  if (isOpen && isBereft(attempt, seen.answers.marks)) return store(seen, attempt, picture, bereft(attempt));
  switch (verdict.is) {
    case "ended":
      return store(seen, attempt, picture, endSituation(verdict.state, seen, picture));
    case "didNotRun":
      if (!isTurnedAway(seen, attempt))
        return conclude(seen, attempt, { ...picture, verdict: failedWith(seen.turnedAwayCode) });
      if (isUnwanted(seen))
        return store(seen, attempt, picture, cancelled("Cancelled before it started.", false));
      return giveUp(
        seen,
        attempt,
        waiting(reasons.DidNotRun, "the job was turned away before it ran; sending again"),
      );
    case "live":
      return { do: "wait", ms: againMs };
    case "unknown":
    case "lost":
      if (isUnwanted(seen))
        return store(seen, attempt, picture, cancelled("Cancelled.", seen.memory.closed?.owner.is === "job"));
      if (verdict.is === "unknown") return { do: "wait", ms: againMs };
      return store(seen, attempt, picture, {
        is: "aborted",
        reason: reasons.JobLost,
        message: `${howLost(seen, attempt)}, and its script left no exit mark in ${attempt.directory}. Whether its results are whole must be judged from them.`,
        ran: true,
      });
  }
}

const bereft = ({ jobId = "", directory }: Attempt): Situation => ({
  is: "aborted",
  reason: reasons.JobLost,
  message: `Whether job ${jobId} ran is not known, so it is not sent again: ${directory} was removed or emptied, or is not the one that it was sent to, and Slurm does not tell its end.`,
  ran: true,
});

function howLost(seen: Observed, attempt: Attempt): string {
  const { jobId = "" } = attempt;
  return isSweeping(seen, attempt)
    ? `Slurm sent job ${jobId} back to the queue after it had shown it as ended or not at all, so it was cancelled there`
    : `Slurm has no record of job ${jobId} any more: not in the queue, not in accounting`;
}

/** By its mark, or because another job holds the fence. The exit code alone proves nothing: the user's script may end with it. */
function isTurnedAway({ memory, answers }: Observed, attempt: Attempt): boolean {
  const { closed } = memory;
  const isOwner = closed?.owner.is === "job" && closed.owner.jobId === Number(attempt.jobId);
  return !isOwner || answers.marks?.exits.some(({ end }) => end.is === "turnedAway") === true;
}

const failedWith = (code: number): Picture["verdict"] => ({
  is: "ended",
  state: "FAILED",
  exit: { code, signal: 0 },
});

const cancelled = (message: string, ran: boolean): Situation => ({
  is: "aborted",
  reason: reasons.JobCancelled,
  message,
  ran,
});

function endSituation(state: EndedState, seen: Observed, { lead, array, verdict }: Picture): Situation {
  const tasks = tasksOf(array);
  const reason = lead?.reason ?? "";
  if (state === "CANCELLED") {
    // The reasons of other jobs are those for which they waited.
    const by = reason === "DependencyNeverSatisfied" ? reasonOf(reason) : "";
    return cancelled(`${whoCancelled(seen)}${tasks}${by}`, seen.memory.closed?.owner.is === "job");
  }
  const end = endWords[state];
  if (end === undefined) return { is: "succeeded", message: `The job completed.${tasks}` };
  const why = repeatsEnd.has(reason) ? "" : reasonOf(reason);
  return {
    is: "aborted",
    reason: end.reason,
    message: `${end.message}${codeOf(state, verdict)}.${tasks}${why} ${fixOf(state, end, seen)}`.trim(),
    ran: true,
  };
}

function tasksOf(array: Picture["array"]): string {
  if (array === undefined) return "";
  const groups = array.states.map(
    ({ count, state, indexes }) => `${count} ${state} (${cutIndexes(indexes, longestIndexes)})`,
  );
  return ` Tasks: ${groups.join(", ")}.`;
}

function reasonOf(reason: string): string {
  const words = reasonInPlainWords(reason);
  return words === "" ? "" : ` Slurm's reason: ${words}.`;
}

/** A job that reached a limit was ended by Slurm: the code of its script says nothing. */
const codeOf = (state: EndedState, verdict: Picture["verdict"]): string =>
  verdict.is === "ended" && verdict.exit !== undefined && state === "FAILED" ? exitInWords(verdict.exit) : "";

/** What did not get past the fence has written no log: what stood in its way is in Slurm's reason. */
function fixOf(state: EndedState, { fix }: { fix: string }, { memory }: Observed): string {
  return state === "FAILED" && memory.closed?.owner.is !== "job" ? "" : fix;
}

/** In a message; all of them are in `status.array`. */
const longestIndexes = 64;

/** Slurm's reasons that say no more than the state and the exit code beside them. */
const repeatsEnd: ReadonlySet<string> = new Set([
  "NonZeroExitCode",
  "TimeLimit",
  "NodeDown",
  "OutOfMemory",
  "DeadLine",
  "Preempted",
]);

/** The final status, with outputs and the end of the log. A deleted object has nobody to tell. */
function store(seen: Observed, attempt: Attempt, picture: Picture, situation: Situation): Step {
  const { status } = seen.submission;
  const hasRun = seen.memory.closed?.owner.is === "job";
  const mayHaveRun = hasRun || isBereft(attempt, seen.answers.marks);
  const log = finalLog(seen, attempt, { picture, hasRun });
  if (log !== undefined && "step" in log) return log.step;
  const details = detailsOf(picture, status);
  const kept = keepOutputs(seen.answers.marks ?? { outputs: [] }, settledOutputs(seen));
  const isCancelled = situation.is === "aborted" && situation.reason === reasons.JobCancelled;
  const change: Partial<JobSubmissionStatus> = {
    ...details,
    ...(isCancelled ? { state: "CANCELLED" } : {}),
    flags: undefined,
    attempts: replaceAttempt(
      status.attempts,
      withAddition(attempt, { ...endOn(seen, picture, details), ended: mayHaveRun ? "Over" : "DidNotRun" }),
    ),
    ...exitOf(picture),
    ...(kept.outputs.length === 0 ? {} : { outputs: [...kept.outputs] }),
    ...log,
  };
  const next = judgeEnd(seen, picture);
  if (next.is === "retry") return storeRetry(seen, { ...change, retry: next.retry });
  return report(seen, { situation: tell(situation, { kept, why: next.why }), change, next: "again" });
}

/** On the attempt, where another may follow it. */
function endOn(
  { submission }: Observed,
  picture: Picture,
  { startedAt, endedAt }: Partial<JobSubmissionStatus>,
): Pick<Attempt, "end"> {
  const { verdict } = picture;
  if (submission.spec.retry === undefined || verdict.is !== "ended") return {};
  return { end: { state: verdict.state, ...exitOf(picture), startedAt, endedAt } };
}

/** Of tasks that an earlier attempt has done. */
function settledOutputs({ submission: { status } }: Observed): KeptOutputs["outputs"] {
  return status.retry?.ends === undefined ? [] : (status.outputs ?? []);
}

function whoCancelled({ submission }: Observed): string {
  if (submission.spec.cancel === true) return "The job was cancelled, as spec.cancel asked.";
  if (isDeleting(submission)) return "The job was cancelled, because the submission was deleted.";
  return "The job was cancelled on the cluster, not by this submission.";
}

function exitOf({ verdict }: Picture): Pick<JobSubmissionStatus, "exitCode" | "signal"> {
  const exit = verdict.is === "ended" ? verdict.exit : undefined;
  return exit === undefined || !isSignal(exit.signal) ? {} : { exitCode: exit.code, signal: exit.signal };
}

function exitInWords({ code, signal }: Exit): string {
  if (!isSignal(signal) || (code === 0 && signal === 0)) return "";
  return signal === 0 ? ` with exit code ${code}` : ` by signal ${signal}`;
}

/** Of a job that ran; where nothing ran, an annotation that asks is told so. */
function finalLog(
  seen: Observed,
  attempt: Attempt,
  { picture, hasRun }: { picture: Picture; hasRun: boolean },
): { step: Step } | { log?: JobSubmissionStatus["log"] } {
  const isAsked = openRequest(seen) !== undefined;
  if (isDeleting(seen.submission)) return {};
  if (!hasRun)
    return isAsked ? { log: logStatus(seen, { is: "none", message: "Nothing ran." }, undefined) } : {};
  const place = placeOfLog(seen, attempt, picture);
  if (place.is === "none") return isAsked ? { log: logStatus(seen, place, undefined) } : {};
  const found = readAt(place.path, seen.answers);
  if (found === undefined) return { step: { do: "ask", question: { ask: "log", path: place.path } } };
  return { log: logStatus(seen, place, found) };
}

/** Nobody looks for what he does not know to be missing. @param why it is not run again */
function tell(
  situation: Situation,
  { kept, why }: { kept: KeptOutputs; why: string | undefined },
): Situation {
  if (situation.is !== "succeeded" && situation.is !== "aborted") return situation;
  const loss = kept.loss === undefined ? "" : ` Outputs were left out or cut: ${kept.loss}.`;
  return { ...situation, message: `${situation.message}${why === undefined ? "" : ` ${why}.`}${loss}` };
}
