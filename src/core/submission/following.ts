import type { Attempt, JobSubmissionStatus } from "../../api/v1alpha1/job-submission-status.ts";
import { flagInPlainWords } from "../slurm/flag-words.ts";
import type { JobRow } from "../slurm/job-row.ts";
import { conditionOf } from "../status/conditions.ts";
import { fromTime } from "../status/time.ts";
import { arrayDueAt } from "./array-news.ts";
import { detailsOf, isNews } from "./details.ts";
import { isOf } from "./evidence.ts";
import type { Look } from "./facts.ts";
import { type HoldWords, holdWords } from "./holding.ts";
import type { Observed } from "./observed.ts";
import type { Picture } from "./picture.ts";
import { reasons } from "./reasons.ts";
import { queueNews } from "./queue-wait.ts";
import { queueTimeLeft } from "./queue-timeout.ts";
import { answerRequest } from "./log.ts";
import { report } from "./report.ts";
import type { Situation } from "./situation.ts";
import type { Step } from "./step.ts";
import { followUnknown, unknownSituation } from "./unknown-state.ts";

/** Everything that changes wakes the submission; this is for what went wrong on the way of a wake-up. */
const resyncMs = 600_000;
/** Slurm would not do what it was told: told again. */
const refusedMs = 30_000;
const startsMs = 1000;
const firstWaitMs = 3000;

/** The job lives: the status says how, and is written only when there is something new to say. */
export function follow(
  seen: Observed,
  attempt: Attempt,
  { picture, look }: { picture: Picture; look: Look },
): Step {
  const asked = answerRequest(seen, attempt, picture);
  if (asked !== undefined && "step" in asked) return asked.step;
  const rows = look.rows.filter(isOf(attempt));
  const unknown = rows.find(({ unknownWord }) => unknownWord !== undefined);
  if (unknown !== undefined && picture.array === undefined) return followUnknown(seen, unknown, asked);
  return followKnown(seen, attempt, { picture, rows, unknown, asked });
}

interface Known {
  readonly picture: Picture;
  readonly rows: readonly JobRow[];
  /** Of an array, a task that is shown in a state that nobody knows. */
  readonly unknown: JobRow | undefined;
  readonly asked: Partial<JobSubmissionStatus> | undefined;
}

function followKnown(seen: Observed, attempt: Attempt, { picture, rows, unknown, asked }: Known): Step {
  const { status } = seen.submission;
  const news = queueNews(seen, { rows, picture });
  const change = { ...detailsOf(picture, status), queue: news.queue, ...asked };
  const held = holdWords(seen, attempt, rows);
  const situation =
    unknown === undefined
      ? liveSituation(picture, { reasonText: change.reason?.text, held })
      : unknownSituation(unknown);
  const left = queueTimeLeft(seen, rows, picture);
  // Past its time, and just about to start: the next look shows it.
  const queueMs = left === undefined ? undefined : Math.max(left, startsMs);
  const ms = held?.isRefused === true ? refusedMs : queueMs;
  const quietMs = asked === undefined ? firstWaitLeft(seen, attempt, change) : 0;
  if (quietMs > 0) return { do: "wait", ms: quietMs, yields: true };
  const stateDue = asked === undefined ? dueAt(seen, { situation, change, held }) : seen.now;
  const due = Math.min(stateDue ?? Infinity, news.dueAt ?? Infinity);
  // What is not due is held back, not dropped.
  if (due > seen.now) return { do: "wait", ms: Math.min(ms ?? resyncMs, resyncMs, due - seen.now) };
  return report(seen, { situation, change, claims: news.claims, notes: news.notes, next: { wait: ms } });
}

/**
 * Accepted a moment ago, and now seen waiting. Most jobs start at once, and a write for each that does not yet would keep others from being sent;
 * the write comes if it goes on waiting.
 */
function firstWaitLeft(
  { submission: { spec, status }, now }: Observed,
  attempt: Attempt,
  change: Partial<JobSubmissionStatus>,
): number {
  const isAccepted = conditionOf(status.conditions, "Succeeded")?.reason === reasons.Dispatched;
  // Where the time in the queue is limited, the reason of the wait is told with its end.
  if (!isAccepted || change.state !== "PENDING" || spec.queueTimeoutSeconds !== undefined) return 0;
  // A clock that was set meanwhile must not make it longer.
  return Math.min(fromTime(attempt.since) + firstWaitMs - now, firstWaitMs);
}

/** When there is something to write; undefined when nothing is new. An array that has begun moves with every look, and its message with it. */
function dueAt(
  seen: Observed,
  {
    situation,
    change,
    held,
  }: { situation: LiveSituation; change: Partial<JobSubmissionStatus>; held: HoldWords | undefined },
): number | undefined {
  const { metadata, status } = seen.submission;
  const told = conditionOf(status.conditions, "Succeeded");
  if (told?.observedGeneration !== metadata.generation) return seen.now;
  if (change.array === undefined || change.state === "PENDING")
    return isNews(change, status) || told.message !== situation.message ? seen.now : undefined;
  const reason = situation.is === "suspended" ? reasons.Suspended : situation.reason;
  const tellsHold = held === undefined || told.message.includes(held.message.slice(1));
  if (told.reason !== reason || !tellsHold || isNews(steadyPart(change), status)) return seen.now;
  return isNews(change, status) ? arrayDueAt(change.array, status.array, seen.now) : undefined;
}

/** Of an array these are of whichever task's row leads: they change with it. */
function steadyPart(change: Partial<JobSubmissionStatus>): Partial<JobSubmissionStatus> {
  const { array: _, flags: _flags, nodes: _nodes, restarts: _restarts, reason: _reason, ...rest } = change;
  return rest;
}

type LiveSituation = Extract<Situation, { is: "live" | "suspended" }>;

function liveSituation(
  { verdict, flags, array }: Picture,
  { reasonText, held }: { reasonText: string | undefined; held: HoldWords | undefined },
): LiveSituation {
  if (held?.isSuspended === true) return { is: "suspended", isSent: true, message: `${held.message}.` };
  const state = verdict.is === "live" ? verdict.state : "PENDING";
  const tasks =
    array === undefined ? "" : `: ${array.states.map((group) => `${group.count} ${group.state}`).join(", ")}`;
  const riding = flags.length === 0 ? "" : ` (${flags.map(flagInPlainWords).join(", ")})`;
  const why = reasonText === undefined ? "" : `: ${reasonText}`;
  const hold = held === undefined ? "" : ` ${held.message.charAt(0).toUpperCase()}${held.message.slice(1)}.`;
  return {
    is: "live",
    reason: words[state] ?? reasons.JobRunning,
    message: `The job is ${state}${riding}${tasks}${why}.${hold}`,
  };
}

const words: Readonly<Record<string, string>> = {
  PENDING: reasons.JobPending,
  RUNNING: reasons.JobRunning,
  SUSPENDED: reasons.JobSuspended,
};
