import type { Attempt } from "../../api/v1alpha1/job-submission-status.ts";
import { after } from "../instant.ts";
import type { JobRow } from "../slurm/job-row.ts";
import { replaceAttempt } from "./attempts.ts";
import { detailsOf } from "./details.ts";
import { pictureFrom } from "./evidence.ts";
import type { Look } from "./facts.ts";
import type { Observed } from "./observed.ts";
import type { Picture } from "./picture.ts";
import { reasons } from "./reasons.ts";
import { waitingSince } from "./queue-wait.ts";
import { report, withAddition } from "./report.ts";
import type { Step } from "./step.ts";

const againMs = 5000;

/** For how long the job may still wait for its first start; undefined where it may for ever, has started, or is held back by spec.suspend. */
export function queueTimeLeft(seen: Observed, rows: readonly JobRow[], picture: Picture): number | undefined {
  const seconds = seen.submission.spec.queueTimeoutSeconds;
  const since = seconds === undefined ? undefined : waitingSince(seen, { rows, picture });
  return since === undefined || seconds === undefined ? undefined : after(since, seconds * 1000) - seen.now;
}

/**
 * The job has waited for too long. `void` tells whether it has started in this moment: then it is followed. Else nothing of it ever runs, and that is stored before the
 * job is cancelled, so that Slurm's CANCELLED does not pass for somebody's wish. `close` would turn away a requeue of a job that has started.
 */
export function decideQueueTimeout(seen: Observed, attempt: Attempt): Step | undefined {
  const fence = seen.answers.void;
  if (fence === undefined) return { do: "ask", question: { ask: "void" } };
  if (fence.is === "unclear") return { do: "wait", ms: againMs };
  if (fence.owner.is === "job") return undefined;
  return report(seen, {
    situation: {
      is: "live",
      reason: reasons.QueueTimeout,
      message: `${howLong(seen, attempt)}; it is being cancelled.`,
    },
    change: {
      attempts: replaceAttempt(
        seen.submission.status.attempts,
        withAddition(attempt, { queueTimedOut: true }),
      ),
    },
    next: "again",
  });
}

/** Nothing of it is left in the queue. */
export function concludeQueueTimeout(seen: Observed, attempt: Attempt, look: Look): Step {
  const { status } = seen.submission;
  const picture = pictureFrom(seen, attempt, { rows: look.rows, waitsOver: true });
  const { reason, attempts } = status;
  const why = reason === undefined ? "" : ` Slurm's reason was: ${reason.text}.`;
  return report(seen, {
    situation: {
      is: "aborted",
      reason: reasons.QueueTimeout,
      message: `${howLong(seen, attempt)}, so it was cancelled; nothing of it ran.${why}`,
      ran: false,
    },
    change: {
      ...detailsOf(picture, status),
      state: "CANCELLED",
      // Why it waited says more than why what was cancelled is gone.
      reason,
      flags: undefined,
      startedAt: undefined,
      attempts: replaceAttempt(attempts, withAddition(attempt, { ended: "DidNotRun" })),
    },
    next: "again",
  });
}

const howLong = ({ submission: { spec } }: Observed, { jobId = "", cluster }: Attempt): string =>
  `Job ${jobId} waited in the queue of Slurm cluster ${cluster.slurmName} without starting for as long as spec.queueTimeoutSeconds allows (${spec.queueTimeoutSeconds ?? 0} s)`;
