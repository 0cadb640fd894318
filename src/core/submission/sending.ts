import type { Attempt } from "../../api/v1alpha1/job-submission-status.ts";
import { final, type Problem, waiting } from "../problem.ts";
import type { FenceAnswer, PutAnswer } from "../slurm/dispatch-answer.ts";
import { classifyRefusal } from "../slurm/refusal.ts";
import { describeUnfit } from "../slurm/work-directory.ts";
import { fromTime } from "../status/time.ts";
import { replaceAttempt } from "./attempts.ts";
import { notSentMessage } from "./holding.ts";
import type { Observed } from "./observed.ts";
import { advisePartition } from "./partitions.ts";
import type { Prepared } from "./prepared.ts";
import { reasons } from "./reasons.ts";
import { report, withAddition } from "./report.ts";
import type { Situation } from "./situation.ts";
import type { Step } from "./step.ts";

const retryMs = 5000;
const longestRetryMs = 300_000;

/** Waits grow with the age of the attempt: what has not been right for an hour need not be tried each few seconds, archive and all. */
function againMs({ now }: Observed, attempt: Attempt): number {
  return Math.min(Math.max(retryMs, (now - fromTime(attempt.since)) / 10), longestRetryMs);
}

/**
 * An attempt is stored and no job id is: it was never sent, is on its way, or its answer was lost. `put` may be asked any number of
 * times, the wrapper sends once. What it cannot answer is made void, and whoever holds the fence then decides: rule 5 (VOID_FIRST).
 */
export function decideSending(seen: Observed, attempt: Attempt): Step {
  const { put, void: fence } = seen.answers;
  if (fence !== undefined) return afterVoid(seen, attempt, fence);
  if (put !== undefined) return afterPut(seen, attempt, put);
  // Whether it was sent already is found out by making it void: what waits in the queue then comes to nothing, what has begun is followed.
  if (seen.submission.spec.suspend === true) return askVoid;
  const prepared = seen.prepared;
  if (prepared === undefined) return { do: "wait", ms: retryMs };
  if (!prepared.ok)
    return isAboutCluster(prepared.problem)
      ? report(seen, {
          situation: { is: "unclear", reason: prepared.problem.reason, message: prepared.problem.message },
          next: { wait: retryMs },
        })
      : askVoid;
  // Rule 1: an open attempt never changes what it sends. What would now be sent is something else, so this attempt must end first.
  if (!isAsIntended(attempt, prepared.value)) return askVoid;
  return { do: "ask", question: { ask: "put", job: prepared.value.stage(attempt.directory) } };
}

const askVoid: Step = { do: "ask", question: { ask: "void" } };

function isAboutCluster(problem: Problem): boolean {
  return (
    problem.reason === reasons.ClusterNotReady ||
    problem.reason === reasons.ClusterUnreachable ||
    problem.reason === reasons.LoginFailed ||
    problem.reason === reasons.ClusterNotFound
  );
}

function isAsIntended(attempt: Attempt, prepared: Prepared): boolean {
  return (
    attempt.scriptDigest === prepared.scriptDigest &&
    attempt.optionsDigest === prepared.optionsDigest &&
    attempt.user === prepared.user &&
    attempt.cluster.uid === prepared.cluster.uid &&
    attempt.directory === `${prepared.root}/${attempt.token}`
  );
}

function afterPut(seen: Observed, attempt: Attempt, put: PutAnswer): Step {
  switch (put.is) {
    case "accepted":
      return adopt(seen, attempt, put.jobId);
    case "answered":
      return afterAnswer(seen, attempt, put);
    case "voided":
    case "look":
    case "unclear":
      return askVoid;
    case "notSent":
      // Too old to be sent: whatever of it is still on its way comes too late as well.
      if (put.why === "DeadlinePassed") return askVoid;
      return report(seen, { situation: notSent(put, attempt), next: { wait: againMs(seen, attempt) } });
  }
}

function afterAnswer(seen: Observed, attempt: Attempt, answer: { code: number; text: string }): Step {
  const refusal = classifyRefusal(answer);
  switch (refusal.is) {
    case "unclear":
    case "limit":
      return askVoid;
    case "refused":
      return report(seen, {
        situation: {
          is: "rejected",
          problem: final(
            reasons.RefusedByScheduler,
            `Slurm refused the job: ${refusal.text}${advisePartition(refusal.text, seen.partitions)}`,
          ),
        },
        change: {
          attempts: replaceAttempt(
            seen.submission.status.attempts,
            withAddition(attempt, { ended: "Refused" }),
          ),
        },
        next: "again",
      });
  }
}

function notSent(put: Extract<PutAnswer, { is: "notSent" }>, attempt: Attempt): Situation {
  const { why, text } = put;
  if (why === "NotWritable" || why === "NoLocks" || why === "NoLinks") {
    const { directory, user, cluster } = attempt;
    const reason = why === "NotWritable" ? reasons.WorkDirectoryNotWritable : reasons.WorkDirectoryUnfit;
    const message = `SlurmCluster "${cluster.name}": ${describeUnfit(why, { directory, user, text })}`;
    return { is: "waiting", problem: waiting(reason, message) };
  }
  return {
    is: "waiting",
    problem: waiting(reasons.NotSent, `not sent yet, will be sent again (${why}): ${text}`),
  };
}

export function afterVoid(seen: Observed, attempt: Attempt, fence: FenceAnswer): Step {
  if (fence.is === "unclear") {
    const message = `the answer of cluster ${attempt.cluster.name} was lost (${fence.text}); finding out whether the job was accepted before anything is sent again`;
    return report(seen, {
      situation: { is: "unclear", reason: reasons.AnswerUnknown, message },
      next: { wait: retryMs },
    });
  }
  if (fence.owner.is === "job") return adopt(seen, attempt, fence.owner.jobId);
  return giveUp(seen, attempt, whyVoid(seen));
}

/** Rule 5: nothing of this token ran or ever will, so the next attempt may follow. */
export function giveUp(seen: Observed, attempt: Attempt, problem: Problem): Step {
  return report(seen, {
    situation: { is: "waiting", problem },
    change: {
      attempts: replaceAttempt(
        seen.submission.status.attempts,
        withAddition(attempt, { ended: "DidNotRun" }),
      ),
    },
    next: "again",
  });
}

function whyVoid({ submission, answers: { put } }: Observed): Problem {
  if (submission.spec.suspend === true) return waiting(reasons.Suspended, notSentMessage);
  if (put?.is === "answered") {
    const refusal = classifyRefusal(put);
    if (refusal.is === "limit")
      return waiting(
        reasons.SubmitLimitReached,
        `Slurm takes no more jobs for now: ${refusal.text}; it is sent again by itself`,
      );
    return waiting(
      reasons.AnswerUnknown,
      `Slurm's answer left open whether the job was taken: ${refusal.text}; made sure that it was not, sending again`,
    );
  }
  const why = put?.is === "unclear" ? `Slurm's answer to the last attempt was unclear: ${put.text}; ` : "";
  return waiting(
    reasons.DidNotRun,
    `${why}made sure that nothing of the last attempt ran or will run; sending again`,
  );
}

export function adopt(seen: Observed, attempt: Attempt, jobId: number): Step {
  const id = String(jobId);
  return report(seen, {
    situation: {
      is: "live",
      reason: reasons.Dispatched,
      message: `Slurm cluster ${attempt.cluster.slurmName} has accepted it as job ${id}.`,
    },
    change: {
      attempts: replaceAttempt(seen.submission.status.attempts, withAddition(attempt, { jobId: id })),
      jobId: id,
    },
    next: { wait: undefined },
  });
}
