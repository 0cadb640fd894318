import type { JobSubmissionStatus } from "../../api/v1alpha1/job-submission-status.ts";
import type { JobRow } from "../slurm/job-row.ts";
import { conditionOf, cut } from "../status/conditions.ts";
import type { Observed } from "./observed.ts";
import { reasons } from "./reasons.ts";
import { report } from "./report.ts";
import type { Situation } from "./situation.ts";
import type { Step } from "./step.ts";

const resyncMs = 600_000;

/** Slurm shows a word that no release known to us uses. What stands behind it would be a guess: the conditions say so, and all else stays. */
export function followUnknown(seen: Observed, row: JobRow, asked: Partial<JobSubmissionStatus> = {}): Step {
  const { metadata, status } = seen.submission;
  const situation = unknownSituation(row);
  const told = conditionOf(status.conditions, "Succeeded");
  const isTold = told?.observedGeneration === metadata.generation && told?.message === situation.message;
  if (isTold && Object.keys(asked).length === 0) return { do: "wait", ms: resyncMs };
  return report(seen, { situation, change: asked, next: { wait: undefined } });
}

/** Of an array, one of whose tasks is shown so. */
export const unknownSituation = ({
  jobId,
  unknownWord = "",
}: JobRow): Extract<Situation, { is: "live" }> => ({
  is: "live",
  reason: reasons.StateUnknown,
  message: `Slurm shows job ${jobId} in a state that Batchwright does not know: ${JSON.stringify(cut(unknownWord, 64))}. What is shown is what was last known, and nothing is concluded until Slurm shows another; "scontrol show job ${jobId}" tells more. Please report the word, with Slurm's version.`,
});
