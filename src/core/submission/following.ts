import { conditionOf } from "../status/conditions.ts";
import { detailsOf, isNews } from "./details.ts";
import type { Observed } from "./observed.ts";
import type { Picture } from "./picture.ts";
import { reasons } from "./reasons.ts";
import { report } from "./report.ts";
import type { Situation } from "./situation.ts";
import type { Step } from "./step.ts";

/** Everything that changes wakes the submission; this is for what went wrong on the way of a wake-up. */
const resyncMs = 600_000;

/** The job lives: the status says how, and is written only when there is something new to say. */
export function follow(seen: Observed, picture: Picture): Step {
  const { status } = seen.submission;
  const change = detailsOf(picture, status);
  const situation = liveSituation(picture, change.reason?.text);
  const told = conditionOf(status.conditions, "Reconciling");
  if (
    !isNews(change, status) &&
    told?.message === situation.message &&
    told.observedGeneration === seen.submission.metadata.generation
  )
    return { do: "wait", ms: resyncMs };
  return report(seen, { situation, change, next: { wait: undefined } });
}

function liveSituation(
  { verdict, flags, array }: Picture,
  reasonText: string | undefined,
): Extract<Situation, { is: "live" }> {
  const state = verdict.is === "live" ? verdict.state : "PENDING";
  const tasks =
    array === undefined ? "" : `: ${array.states.map((group) => `${group.count} ${group.state}`).join(", ")}`;
  const riding = flags.length === 0 ? "" : ` (${flags.join(", ")})`;
  const why = state === "PENDING" && reasonText !== undefined ? `: ${reasonText}` : "";
  return {
    is: "live",
    reason: words[state] ?? reasons.JobRunning,
    message: `The job is ${state}${riding}${tasks}${why}.`,
  };
}

const words: Readonly<Record<string, string>> = {
  PENDING: reasons.JobPending,
  RUNNING: reasons.JobRunning,
  SUSPENDED: reasons.JobSuspended,
};
