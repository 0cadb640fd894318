import type { JobSubmissionStatus } from "../../api/v1alpha1/job-submission-status.ts";
import { after, type Instant } from "../instant.ts";
import { isAboutAsFarBack, type JobRow } from "../slurm/job-row.ts";
import { reasonInPlainWords } from "../slurm/reason.ts";
import { type Claim, conditionOf } from "../status/conditions.ts";
import { fromTime, toTime } from "../status/time.ts";
import type { Observed } from "./observed.ts";
import { describeRoom } from "./partitions.ts";
import type { Picture } from "./picture.ts";
import { reasons } from "./reasons.ts";
import { resumedAt } from "./report.ts";
import type { Note } from "./step.ts";

type Queue = NonNullable<JobSubmissionStatus["queue"]>;

interface Waiting {
  readonly rows: readonly JobRow[];
  readonly picture: Picture;
}

/** Since when the job waits for its first start; undefined where it has started, or is held back by spec.suspend. */
export function waitingSince(seen: Observed, { rows, picture: { verdict } }: Waiting): Instant | undefined {
  const { spec, status } = seen.submission;
  if (spec.suspend === true) return undefined;
  const isFirst = rows.every(({ state, restarts }) => state === "PENDING" && restarts === 0);
  if (!isFirst || verdict.is !== "live" || verdict.state !== "PENDING") return undefined;
  const accepted = conditionOf(status.conditions, "Dispatched");
  if (accepted?.status !== "True") return undefined;
  const resumed = resumedAt(seen);
  const begun = fromTime(accepted.lastTransitionTime);
  return resumed === undefined || fromTime(resumed) < begun ? begun : fromTime(resumed);
}

/** What is told of the wait beside Slurm's reason. It moves with each round of the scheduler, so it is written along with something else, or at its own slow pace. */
export interface QueueNews {
  /** `undefined`: a stored one goes. */
  readonly queue: Queue | undefined;
  readonly claims: readonly Claim[];
  readonly notes: readonly Note[];
  /** When it is worth a write of its own. */
  readonly dueAt: number | undefined;
}

const nothing: QueueNews = { queue: undefined, claims: [], notes: [], dueAt: undefined };

const slowMs = 600_000;
/** An estimate that has moved by less is none that is new. */
const jitterMs = 60_000;

/** It waits because its owner asked for that. */
const ownWishes: ReadonlySet<string> = new Set(["BeginTime", "Dependency", "JobHeldUser"]);

export function queueNews(seen: Observed, waiting: Waiting): QueueNews {
  const told = seen.submission.status.queue;
  const { verdict } = waiting.picture;
  if (verdict.is !== "live" || verdict.state !== "PENDING") return nothing;
  const estimate = firstOf(waiting.rows.map(({ expectedAt }) => expectedAt));
  const lateAt = lateAtOf(seen, waiting);
  const isLate = lateAt !== undefined && lateAt <= seen.now;
  const longSince = told?.longSince ?? (isLate ? toTime(seen.now) : undefined);
  const outlook = { estimate, ahead: firstOf(waiting.rows.map(({ ahead }) => ahead)) };
  const dues = [outlookDueAt(told, outlook, seen.now), told?.longSince === undefined ? lateAt : undefined];
  const common = { dueAt: firstOf(dues), queue: queueOf(outlook, longSince, seen.now) };
  if (!isLate) return { ...nothing, ...common };
  return { ...common, ...tellLate(lateMessage(seen, waiting, outlook), told?.longSince === undefined) };
}

function lateAtOf(seen: Observed, waiting: Waiting): Instant | undefined {
  if (ownWishes.has(waiting.picture.lead?.reason ?? "")) return undefined;
  const since = waitingSince(seen, waiting);
  return since === undefined ? undefined : after(since, seen.queuedLongMs);
}

function tellLate(message: string, isNew: boolean): Pick<QueueNews, "claims" | "notes"> {
  const reason = reasons.QueuedLong;
  return {
    claims: [{ type: reason, status: "True", reason, message }],
    notes: isNew ? [{ type: "Warning", reason, action: "Watch", message }] : [],
  };
}

/** What squeue shows of the start that is to come. */
interface Outlook {
  readonly estimate: Instant | undefined;
  readonly ahead: number | undefined;
}

function queueOf(
  { estimate, ahead }: Outlook,
  longSince: string | undefined,
  now: Instant,
): Queue | undefined {
  if (estimate === undefined && ahead === undefined && longSince === undefined) return undefined;
  return {
    ...(estimate === undefined ? {} : { estimatedStartAt: toTime(estimate) }),
    ...(ahead === undefined ? {} : { ahead }),
    ...(longSince === undefined ? {} : { longSince }),
    updatedAt: toTime(now),
  };
}

/** When what squeue shows now is worth a write: the first forecast at once, another one later. */
function outlookDueAt(
  told: Queue | undefined,
  { estimate, ahead }: Outlook,
  now: Instant,
): number | undefined {
  if (estimate === undefined && ahead === undefined) return undefined;
  if (told === undefined) return now;
  const isNewEstimate = estimate !== undefined && !isAbout(told.estimatedStartAt, estimate);
  if (!isNewEstimate && isAboutAsFarBack(told.ahead, ahead)) return undefined;
  const written = fromTime(told.updatedAt);
  // Our clock was set back: nobody knows how old it is.
  return written > now ? now : after(written, slowMs);
}

const isAbout = (before: string | undefined, estimate: Instant): boolean =>
  before !== undefined && Math.abs(fromTime(before) - estimate) < jitterMs;

function firstOf<T extends number>(times: readonly (T | undefined)[]): T | undefined {
  return times.filter((time) => time !== undefined).sort((a, b) => a - b)[0];
}

function lateMessage(
  { submission, partitions, queuedLongMs }: Observed,
  { picture: { lead } }: Waiting,
  { estimate, ahead }: Outlook,
): string {
  const why = reasonInPlainWords(lead?.reason ?? "");
  return [
    `The job has waited for more than ${duration(queuedLongMs)} (spec.queuedLongSeconds of SlurmCluster "${submission.spec.target.slurm.name}")`,
    why === "" ? "." : `: ${why}.`,
    estimate === undefined ? "" : ` Slurm expects it to start at ${toTime(estimate)}.`,
    ahead === undefined ? "" : ` ${line(ahead)}`,
    describeRoom(partitions, lead?.timeLimitSeconds),
  ].join("");
}

function line(ahead: number): string {
  if (ahead === 0) return "No job of its partition goes before it by priority.";
  return `${ahead} ${ahead === 1 ? "job of its partition goes" : "jobs of its partition go"} before it by priority.`;
}

/** In its largest unit that is whole: `2 h`. */
function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const [unit, size] = units.find(([, length]) => seconds % length === 0) ?? (["s", 1] as const);
  return `${seconds / size} ${unit}`;
}

const units = [
  ["h", 3600],
  ["min", 60],
  ["s", 1],
] as const;
