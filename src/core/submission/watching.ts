import type { Attempt } from "../../api/v1alpha1/job-submission-status.ts";
import { conditionOf } from "../status/conditions.ts";
import { decideEnding } from "./ending.ts";
import { isOf, pictureFrom } from "./evidence.ts";
import type { Look } from "./facts.ts";
import { decideHold } from "./holding.ts";
import { decideQueueTimeout, queueTimeLeft } from "./queue-timeout.ts";
import { hasLasted } from "./memory.ts";
import type { Observed } from "./observed.ts";
import { follow } from "./following.ts";
import { reasons } from "./reasons.ts";
import type { JobRow } from "../slurm/job-row.ts";
import type { Picture } from "./picture.ts";
import { report } from "./report.ts";
import { adopt } from "./sending.ts";
import type { Step } from "./step.ts";

/** How long a job that is not in the queue's picture is left alone before the poller is asked for a newer one. */
const nextTickMs = 5000;
const hiddenMs = 60_000;

/** The scheduler has the job. As long as it lives, the status follows; its end, or its absence, is for `decideEnding`. */
export function decideWatching(seen: Observed, attempt: Attempt): Step {
  // Closed once is closed for good: after that only the end is left to be made certain.
  const isOver = attempt.swept === true || attempt.queueTimedOut === true;
  if (seen.memory.closed !== undefined || isOver) return decideEnding(seen, attempt);
  const { latest } = seen;
  if (latest === undefined || latest.begun <= (seen.memory.acceptedAt ?? 0))
    return { do: "wait", ms: nextTickMs };
  const rows = latest.rows.filter(isOf(attempt));
  if (rows.length === 0) return missing(seen, attempt, latest);
  const picture = pictureFrom(seen, attempt, { rows: latest.rows, waitsOver: false });
  switch (picture.verdict.is) {
    case "live":
      return decideLive(seen, attempt, { rows, latest, picture });
    case "ended":
    case "didNotRun":
    case "lost":
      return decideEnding(seen, attempt);
    case "unknown":
      return missing(seen, attempt, latest);
  }
}

/** What somebody wants of it comes before what is told of it. */
function decideLive(
  seen: Observed,
  attempt: Attempt,
  { rows, latest, picture }: { rows: readonly JobRow[]; latest: Look; picture: Picture },
): Step {
  // Whether it waits or runs is a guess: nothing is done to it.
  if (rows.some(({ unknownWord }) => unknownWord !== undefined))
    return follow(seen, attempt, { picture, look: latest });
  const left = queueTimeLeft(seen, rows, picture);
  const isTooLong = left !== undefined && left <= 0;
  return (
    decideHold(seen, attempt, { rows, latest }) ??
    (isTooLong ? decideQueueTimeout(seen, attempt) : undefined) ??
    follow(seen, attempt, { picture, look: latest })
  );
}

/**
 * A complete answer lacks the job, or tasks of it. Not ours, not lost, not ended: accounting and the marks are asked, then N looks
 * must agree. A row that contradicts is not among ours, so it is an absence like any other: rule 7 (CONTRADICTION_IS_ABSENCE). Another job with the token is ours just as well: an id is no identity.
 */
function missing(seen: Observed, attempt: Attempt, latest: Look): Step {
  const { accounting, marks } = seen.answers;
  if (marks === undefined) return { do: "ask", question: { ask: "marks", on: latest } };
  const other = marks.owner.is === "job" ? marks.owner.jobId : latest.rows[0]?.jobId;
  if (other !== undefined && other !== Number(attempt.jobId)) return adopt(seen, attempt, other);
  if (accounting === undefined) return { do: "ask", question: { ask: "accounting", on: latest } };
  const { verdict } = pictureFrom(seen, attempt, { rows: latest.rows, waitsOver: false });
  if (verdict.is === "ended" || verdict.is === "didNotRun") return decideEnding(seen, attempt);
  const { missingSince, missingFrom } = seen.memory;
  if (!hasLasted({ tick: missingSince, begun: missingFrom }, latest, seen)) return tellMissing(seen, attempt);
  // Absence may be the observer's word alone; before anything is concluded from it, the job's own login is asked.
  if (seen.answers.own === undefined) return { do: "ask", question: { ask: "own" } };
  if (seen.answers.own.length === 0) return decideEnding(seen, attempt);
  // A login that looks for itself is hidden nothing: what it sees again the next look shows.
  return seen.observer === undefined ? tellMissing(seen, attempt) : tellHidden(seen, attempt, seen.observer);
}

function tellHidden(seen: Observed, attempt: Attempt, observer: string): Step {
  const message = `The observer of cluster "${attempt.cluster.name}" (${observer}) does not see job ${attempt.jobId ?? ""}, and ${attempt.user} does: the site hides jobs (PrivateData). Give the observer the right to see all jobs, e.g. AdminLevel=Operator, or leave out spec.observer of the cluster, so that each login is asked for its own jobs; until then this job cannot be followed.`;
  return report(seen, {
    situation: { is: "live", reason: reasons.JobHidden, message },
    next: { wait: hiddenMs },
  });
}

function tellMissing(seen: Observed, attempt: Attempt): Step {
  const told = conditionOf(seen.submission.status.conditions, "Reconciling");
  if (told?.reason === reasons.JobMissing) return { do: "wait", ms: nextTickMs };
  const message = `Slurm no longer lists job ${attempt.jobId ?? ""}; looking again before anything is concluded.`;
  return report(seen, {
    situation: { is: "live", reason: reasons.JobMissing, message },
    next: { wait: nextTickMs },
  });
}
