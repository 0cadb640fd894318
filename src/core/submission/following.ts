import type { Attempt } from "../../api/v1alpha1/job-submission-status.ts";
import { conditionOf } from "../status/conditions.ts";
import { detailsOf, isNews } from "./details.ts";
import { isOf } from "./evidence.ts";
import type { Look } from "./facts.ts";
import { type HoldWords, holdWords } from "./holding.ts";
import type { Observed } from "./observed.ts";
import type { Picture } from "./picture.ts";
import { reasons } from "./reasons.ts";
import { report } from "./report.ts";
import type { Situation } from "./situation.ts";
import type { Step } from "./step.ts";

/** Everything that changes wakes the submission; this is for what went wrong on the way of a wake-up. */
const resyncMs = 600_000;
/** Slurm would not do what it was told: told again. */
const refusedMs = 30_000;

/** The job lives: the status says how, and is written only when there is something new to say. */
export function follow(
  seen: Observed,
  attempt: Attempt,
  { picture, look }: { picture: Picture; look: Look },
): Step {
  const { status } = seen.submission;
  const change = detailsOf(picture, status);
  const held = holdWords(seen, attempt, look.rows.filter(isOf(attempt)));
  const situation = liveSituation(picture, { reasonText: change.reason?.text, held });
  const told = conditionOf(status.conditions, "Succeeded");
  const ms = held?.isRefused === true ? refusedMs : undefined;
  if (
    !isNews(change, status) &&
    told?.message === situation.message &&
    told.observedGeneration === seen.submission.metadata.generation
  )
    return { do: "wait", ms: ms ?? resyncMs };
  return report(seen, { situation, change, next: { wait: ms } });
}

function liveSituation(
  { verdict, flags, array }: Picture,
  { reasonText, held }: { reasonText: string | undefined; held: HoldWords | undefined },
): Extract<Situation, { is: "live" | "suspended" }> {
  if (held?.isSuspended === true) return { is: "suspended", isSent: true, message: `${held.message}.` };
  const state = verdict.is === "live" ? verdict.state : "PENDING";
  const tasks =
    array === undefined ? "" : `: ${array.states.map((group) => `${group.count} ${group.state}`).join(", ")}`;
  const riding = flags.length === 0 ? "" : ` (${flags.join(", ")})`;
  const why = state === "PENDING" && reasonText !== undefined ? `: ${reasonText}` : "";
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
