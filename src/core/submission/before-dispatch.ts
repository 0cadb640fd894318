import type { Attempt } from "../../api/v1alpha1/job-submission-status.ts";
import { after } from "../instant.ts";
import { final, type Problem } from "../problem.ts";
import { cutIndexes } from "../slurm/array-summary-ranges.ts";
import { tokenOf } from "../slurm/token.ts";
import { conditionOf, cut } from "../status/conditions.ts";
import { fromTime, toTime } from "../status/time.ts";
import { decideBetweenRuns } from "./between-runs.ts";
import { begunAgain } from "./earlier-runs.ts";
import { nextIndex, replaceAttempt, waitForNextAttempt } from "./attempts.ts";
import { notSentMessage } from "./holding.ts";
import { isDeleting, type Observed } from "./observed.ts";
import type { Prepared } from "./prepared.ts";
import { warningNotes } from "./script-warnings.ts";
import { missingReferences, reasons } from "./reasons.ts";
import { hasFinalizer } from "./release.ts";
import { arrayToSend } from "./retried-tasks.ts";
import { describeRun, lastRun } from "./retry.ts";
import { report, resumedAt } from "./report.ts";
import type { Step } from "./step.ts";

/** Something that is not watched may have changed: look again then. */
const recheckMs = 30_000;
/** To be read; what is sent is known whole. */
const mostTasksText = 256;
/** A script that was created together with its submission, or by it, is rendered by then: nothing that anybody need be told. */
const renderMs = 5000;

/** Nothing of this submission is on a cluster. The end of this stage is a stored attempt. */
export function decideBeforeDispatch(seen: Observed): Step {
  const { metadata, spec, status } = seen.submission;
  if (isDeleting(seen.submission))
    return hasFinalizer(metadata.finalizers) ? { do: "removeFinalizer", notes: [] } : { do: "wait" };
  if (spec.cancel === true) return cancelledBefore(seen);
  const between = decideBetweenRuns(seen);
  if (between !== undefined) return between;
  if (spec.suspend === true) return suspendedBefore(seen);
  if (seen.prepared === undefined) return { do: "wait", ms: recheckMs };
  if (!seen.prepared.ok) return hinder(seen, seen.prepared.problem);
  if (!hasFinalizer(metadata.finalizers)) return { do: "addFinalizer" };
  const waitMs = waitForNextAttempt(status.attempts, seen.now);
  if (waitMs > 0) return { do: "wait", ms: waitMs };
  return openAttempt(seen, seen.prepared.value);
}

/**
 * Rule 1 (INTENT_FIRST): cluster, user and digests are stored, and read back by the next look, before anything is sent.
 * Rule 1 (FINALIZER_FIRST): the same read has shown the finalizer.
 */
function openAttempt(seen: Observed, prepared: Prepared): Step {
  const { metadata, status } = seen.submission;
  const index = nextIndex(status.attempts);
  const token = tokenOf({ install: seen.install, uid: metadata.uid, index });
  const { cluster, user, scriptDigest, optionsDigest } = prepared;
  const attempt: Attempt = {
    index,
    token,
    since: toTime(seen.now),
    cluster,
    user,
    directory: `${prepared.root}/${token}`,
    scriptDigest,
    optionsDigest,
    ...tasksSent(seen),
  };
  return report(seen, {
    situation: {
      is: "dispatching",
      message: sendingMessage(seen, prepared, index),
    },
    change: {
      ...begunAgain(seen.submission),
      attempts: replaceAttempt(status.attempts, attempt),
      cluster: { name: cluster.name, slurmName: cluster.slurmName },
      user,
      workingDirectory: attempt.directory,
      effectiveOptions: prepared.effectiveOptions,
      script: prepared.script,
      ...(prepared.template === undefined ? {} : { template: prepared.template }),
    },
    notes: warningNotes(prepared),
    next: "again",
  });
}

function tasksSent({ submission }: Observed): Pick<Attempt, "tasks"> {
  const tasks = arrayToSend(submission);
  return tasks === undefined ? {} : { tasks: cutIndexes(tasks, mostTasksText) };
}

/** What became of the attempt before this one stays in sight: it is why there is another. */
function sendingMessage(
  { submission: { status } }: Observed,
  { cluster, user }: Prepared,
  index: number,
): string {
  const sending = `Sending to Slurm cluster ${cluster.slurmName} as ${user} (attempt ${index}).`;
  const last =
    status.attempts?.at(-1)?.ended === undefined ? undefined : conditionOf(status.conditions, "Reconciling");
  return last === undefined ? sending : `${sending} Before: ${cut(last.message, 500)}`;
}

function hinder(seen: Observed, problem: Problem): Step {
  if (problem.policy === "final")
    return report(seen, { situation: { is: "rejected", problem }, next: "again" });
  const leftMs = renderLeft(seen, problem);
  if (leftMs > 0) return { do: "wait", ms: leftMs };
  const timeout = timeoutOf(seen, problem);
  if (timeout.is === "passed")
    return report(seen, { situation: { is: "rejected", problem: timeout.problem }, next: "again" });
  return report(seen, {
    situation: { is: "waiting", problem },
    next: { wait: Math.min(recheckMs, timeout.leftMs) },
  });
}

function renderLeft({ submission: { metadata, status }, now }: Observed, { reason }: Problem): number {
  if (reason !== reasons.ScriptNotReady || status.conditions !== undefined) return 0;
  // The two clocks may be far apart.
  return Math.min(after(fromTime(metadata.creationTimestamp), renderMs) - now, renderMs);
}

function timeoutOf(
  seen: Observed,
  problem: Problem,
): { is: "passed"; problem: Problem } | { is: "open"; leftMs: number } {
  const { submission, now } = seen;
  const seconds = submission.spec.missingReferenceTimeoutSeconds;
  if (seconds === undefined || !missingReferences.has(problem.reason))
    return { is: "open", leftMs: Number.POSITIVE_INFINITY };
  const begun = [submission.metadata.creationTimestamp, resumedAt(seen), submission.status.retry?.nextAt];
  const since = Math.max(...begun.flatMap((time) => (time === undefined ? [] : [fromTime(time)])));
  const leftMs = since + seconds * 1000 - now;
  if (leftMs > 0) return { is: "open", leftMs };
  return {
    is: "passed",
    problem: final(
      reasons.MissingReferenceTimeout,
      `still missing after spec.missingReferenceTimeoutSeconds (${seconds} s): ${problem.message}`,
    ),
  };
}

/** Whatever is missing meanwhile may as well be missing. */
function suspendedBefore(seen: Observed): Step {
  return report(seen, {
    situation: { is: "suspended", isSent: false, message: `${before(seen)}${notSentMessage}` },
    next: { wait: undefined },
  });
}

/** Of a submission that has run, the last run. */
function before({ submission: { status } }: Observed): string {
  const run = status.retry === undefined ? undefined : lastRun(status);
  return run === undefined ? "" : `${describeRun(run)}. `;
}

function cancelledBefore(seen: Observed): Step {
  return report(seen, {
    situation: {
      is: "aborted",
      reason: reasons.JobCancelled,
      message:
        seen.submission.status.retry === undefined
          ? "Cancelled before it was sent; nothing ran."
          : "Cancelled before it was run again.",
      ran: false,
    },
    change: { state: "CANCELLED" },
    next: "again",
  });
}
