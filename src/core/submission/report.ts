import type { Attempt, JobSubmissionStatus } from "../../api/v1alpha1/job-submission-status.ts";
import { type Claim, conditionOf, nextConditions } from "../status/conditions.ts";
import { toTime } from "../status/time.ts";
import { afterEarlierRuns, claimsAfterRuns } from "./earlier-runs.ts";
import type { Observed } from "./observed.ts";
import { ordinaryWaits, reasons } from "./reasons.ts";
import { claimsOf, phaseOf, type Situation } from "./situation.ts";
import type { Note, Step } from "./step.ts";

export interface Report {
  readonly situation: Situation;
  /** Fields that replace what is stored. */
  readonly change?: Partial<JobSubmissionStatus>;
  /** Conditions beside those of the situation. Absent: of a job that lives, as they are. */
  readonly claims?: readonly Claim[];
  /** Told beside the news of the situation. */
  readonly notes?: readonly Note[];
  readonly next: Extract<Step, { do: "write" }>["next"];
}

/** The one write of a reconcile, and what is told after it: an event whenever the reason is a new one. */
export function report(seen: Observed, { claims, notes = [], next: follow, ...told }: Report): Step {
  const { metadata, status } = seen.submission;
  const { situation, change } = afterEarlierRuns(seen.submission, told);
  const all = [...claimsAfterRuns(status, claimsOf(situation)), ...(claims ?? standingOf(status, situation))];
  const conditions = nextConditions(all, status.conditions ?? [], {
    generation: metadata.generation,
    now: seen.now,
  });
  const next: JobSubmissionStatus = {
    ...status,
    ...change,
    ...(change?.array === undefined ? {} : { array: { ...change.array, updatedAt: toTime(seen.now) } }),
    ...(situation.is === "live" || situation.is === "suspended" ? {} : { queue: undefined }),
    phase: phaseOf(situation),
    resumedAt: situation.is === "suspended" ? status.resumedAt : resumedAt(seen),
    finished: status.finished ?? "false",
    observedGeneration: metadata.generation,
    conditions,
  };
  return { do: "write", status: next, notes: [...notesOf(status, next, situation), ...notes], next: follow };
}

function standingOf({ conditions }: JobSubmissionStatus, { is }: Situation): readonly Claim[] {
  const long = is === "live" ? conditionOf(conditions, reasons.QueuedLong) : undefined;
  return long === undefined ? [] : [long];
}

/** That it is being sent is no event: what comes of it a moment later is. */
function notesOf(before: JobSubmissionStatus, next: JobSubmissionStatus, situation: Situation): Note[] {
  if (situation.is === "dispatching") return [];
  const told = conditionOf(before.conditions, "Succeeded");
  const now = conditionOf(next.conditions, "Succeeded");
  if (now === undefined || (told?.reason === now.reason && told.status === now.status)) return [];
  return [
    {
      type: isBad(situation) ? "Warning" : "Normal",
      reason: now.reason,
      action: actions[situation.is],
      message: now.message,
    },
  ];
}

/** When spec.suspend last let it go: now, as long as it is still told as suspended. */
export function resumedAt({ submission: { status }, now }: Observed): string | undefined {
  const told = conditionOf(status.conditions, "Succeeded");
  return told?.reason === reasons.Suspended ? toTime(now) : status.resumedAt;
}

function isBad(situation: Situation): boolean {
  if (situation.is === "waiting") return !ordinaryWaits.has(situation.problem.reason);
  return bad.has(situation.is);
}

const bad: ReadonlySet<Situation["is"]> = new Set(["unclear", "retrying", "rejected", "aborted"]);

const actions = {
  suspended: "Suspend",
  waiting: "Wait",
  dispatching: "Dispatch",
  retrying: "Retry",
  unclear: "Dispatch",
  live: "Watch",
  rejected: "Reject",
  succeeded: "Finish",
  aborted: "Finish",
} as const satisfies Record<Situation["is"], string>;

/** The attempt with something added; an open attempt never loses or changes a field, `held` apart, which goes with its end. */
export function withAddition(
  attempt: Attempt,
  addition: Pick<Attempt, "jobId" | "held" | "swept" | "queueTimedOut" | "end" | "ended">,
): Attempt {
  const { held: _, ...ended } = { ...attempt, ...addition };
  return addition.ended === undefined ? { ...attempt, ...addition } : ended;
}
