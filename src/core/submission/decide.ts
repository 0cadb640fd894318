import type { Attempt } from "../../api/v1alpha1/job-submission-status.ts";
import type { Problem } from "../problem.ts";
import { openAttempt } from "./attempts.ts";
import { decideBeforeDispatch } from "./before-dispatch.ts";
import { decideEnding } from "./ending.ts";
import { isUnwanted, type Observed } from "./observed.ts";
import { decideRelease, isAbandoned, isOver } from "./release.ts";
import { reasons } from "./reasons.ts";
import { report } from "./report.ts";
import { decideSending } from "./sending.ts";
import type { Step } from "./step.ts";
import { decideWatching } from "./watching.ts";

const clusterRetryMs = 30_000;
const longOutageMs = 600_000;

/**
 * Says what to do next for one submission. Pure; the stages in the order of a life:
 *
 *     no open attempt -> attempt stored -> job id stored -> ended, missing or unwanted -> final status stored
 *     beforeDispatch     sending           watching         ending, outcome               release
 *
 * Rules are numbered as in docs/dispatch.md.
 */
export function decide(seen: Observed): Step {
  const { submission } = seen;
  if (isAbandoned(submission)) return abandon(seen);
  if (isOver(submission.status)) return decideRelease(seen);
  if (seen.strays.length > 0 && seen.answers.swept === undefined && seen.answers.unreachable === undefined)
    return { do: "ask", question: { ask: "sweep", attempts: seen.strays } };
  const attempt = openAttempt(submission.status);
  const unavailable = seen.unavailable ?? seen.answers.unreachable;
  if (attempt === undefined) return decideBeforeDispatch(seen);
  if (unavailable !== undefined) return waitForCluster(seen, attempt, unavailable);
  if (isUnwanted(seen)) return decideEnding(seen, attempt);
  if (attempt.jobId === undefined) return decideSending(seen, attempt);
  return decideWatching(seen, attempt);
}

/**
 * A cluster that does not answer changes no job: what was last known stays, and so does the phase. A moment's outage is the cluster's
 * own news; on each of its submissions it stands only where somebody waits for something, or once it lasts. What only somebody's hand can put
 * right is no outage, and told at once.
 */
function waitForCluster(seen: Observed, attempt: Attempt, problem: Problem): Step {
  const next = { wait: clusterRetryMs };
  if (attempt.jobId !== undefined) {
    if (isUnwanted(seen))
      return report(seen, {
        situation: {
          is: "live",
          reason: reasons.Cancelling,
          message: `Job ${attempt.jobId} is to be cancelled, but ${problem.message}`,
        },
        next,
      });
    const lasts = seen.unavailableMs !== undefined && seen.unavailableMs > longOutageMs;
    const isOutage = !needsHand.has(problem.reason);
    if (isOutage && !lasts) return { do: "wait", ms: clusterRetryMs };
    return report(seen, {
      situation: {
        is: "live",
        reason:
          isOutage && problem.reason !== reasons.LoginFailed ? reasons.ClusterUnreachable : problem.reason,
        message: `What is shown is what was last known: ${problem.message}`,
      },
      next,
    });
  }
  // It may have been sent before the outage: whether it was is not known now, so it must not be said either way.
  return report(seen, {
    situation: { is: "unclear", message: problem.message, reason: problem.reason },
    next,
  });
}

/** The cluster may well answer, but the job is not to be found by way of it until somebody puts things back. */
const needsHand: ReadonlySet<string> = new Set([
  reasons.LoginChanged,
  reasons.InstallChanged,
  reasons.ClusterNotFound,
  reasons.ClusterIdentityChanged,
]);

function abandon({ submission }: Observed): Step {
  const { metadata, status } = submission;
  if (metadata.finalizers.length === 0) return { do: "wait" };
  const job = status.jobId === undefined ? "what was sent" : `job ${status.jobId}`;
  const message = `let go without cancelling: ${job} on cluster ${status.cluster?.name ?? submission.spec.target.slurm.name} is no longer followed`;
  return {
    do: "removeFinalizer",
    notes: [{ type: "Warning", reason: "Abandoned", action: "Delete", message }],
  };
}
