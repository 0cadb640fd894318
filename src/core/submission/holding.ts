import type { Attempt } from "../../api/v1alpha1/job-submission-status.ts";
import type { JobRow } from "../slurm/job-row.ts";
import { isFinal } from "../slurm/job-state-phase.ts";
import { replaceAttempt } from "./attempts.ts";
import type { Look } from "./facts.ts";
import type { Observed } from "./observed.ts";
import { reasons } from "./reasons.ts";
import { report, withAddition } from "./report.ts";
import type { Step } from "./step.ts";

/** Slurm gives what is held the priority 0, whoever holds it; the reason says so a pass of the scheduler later. */
export const isHeld = ({ state, priority, reason }: JobRow): boolean =>
  state === "PENDING" && (priority === 0 || reason.startsWith("JobHeld"));

export const notSentMessage = "Not sent, as spec.suspend asks; set it to false to send it.";

const waits = ({ state }: JobRow): boolean => state === "PENDING";

/**
 * What `spec.suspend` still asks of a job that the scheduler has; undefined when nothing. That we hold is stored before it is done, and until it is undone: what was held
 * from outside is not ours to release. Holding and releasing may be asked any number of times, and count only by a later look.
 * @param rows of the attempt's job in `latest`
 */
export function decideHold(
  seen: Observed,
  attempt: Attempt,
  { rows, latest }: { rows: readonly JobRow[]; latest: Look },
): Step | undefined {
  const waiting = rows.filter(waits);
  if (seen.submission.spec.suspend === true) {
    if (waiting.every(isHeld)) return undefined;
    if (attempt.held !== true) return record(seen, attempt, true);
    const { hold } = seen.answers;
    if (hold === undefined) return { do: "ask", question: { ask: "hold", held: true } };
    return latest.begun > hold.at ? undefined : { do: "ask", question: { ask: "look", after: hold.at } };
  }
  if (attempt.held !== true) return undefined;
  const { release } = seen.answers;
  if (release === undefined) return { do: "ask", question: { ask: "hold", held: false } };
  if (latest.begun <= release.at) return { do: "ask", question: { ask: "look", after: release.at } };
  const isRefused = release.refusal !== undefined && waiting.some(isHeld);
  return isRefused ? undefined : record(seen, attempt, undefined);
}

function record(seen: Observed, attempt: Attempt, held: true | undefined): Step {
  const job = `Job ${attempt.jobId ?? ""}`;
  const message =
    held === true
      ? `${job} is being held, as spec.suspend asks.`
      : `${job} is released: spec.suspend is no longer true.`;
  return report(seen, {
    situation:
      held === true
        ? { is: "suspended", isSent: true, message }
        : { is: "live", reason: reasons.JobPending, message },
    change: {
      attempts: replaceAttempt(seen.submission.status.attempts, withAddition(attempt, { held })),
    },
    next: "again",
  });
}

/** What is to be said of holding, with the rest of the news of a live job. */
export interface HoldWords {
  /** The whole job waits, and nothing but a person makes it go on. */
  readonly isSuspended: boolean;
  readonly message: string;
  /** Slurm would not: asked again soon. */
  readonly isRefused: boolean;
}

/** @param rows of the attempt's job */
export function holdWords(
  { submission, answers }: Observed,
  attempt: Attempt,
  rows: readonly JobRow[],
): HoldWords | undefined {
  const job = `job ${attempt.jobId ?? ""}`;
  const waiting = rows.filter(waits);
  if (submission.spec.suspend !== true) {
    const refusal = answers.release?.refusal;
    return attempt.held === true && refusal !== undefined
      ? words(`Slurm does not release ${job}, which spec.suspend held: ${refusal}; it is asked again`, {
          isRefused: true,
        })
      : undefined;
  }
  if (waiting.length === 0)
    return words(
      "it goes on although spec.suspend is true, which only holds what waits in the queue; spec.cancel ends it",
    );
  if (!waiting.every(isHeld))
    return words(
      `it is to be held, as spec.suspend asks${answers.hold?.refusal === undefined ? "" : `, which Slurm does not do: ${answers.hold.refusal}`}; it is asked again`,
      { isRefused: true },
    );
  const hasBegun = waiting.length < rows.length;
  const what = !hasBegun ? `${capital(job)} waits in the queue,` : `What has not started of ${job} is`;
  return words(
    attempt.held === true
      ? `${what} held by spec.suspend; set it to false to release it`
      : `${what} held, but not by spec.suspend, which releases only what it held itself: "scontrol release ${attempt.jobId ?? ""}" on the cluster does`,
    { isSuspended: rows.every((row) => waits(row) || isFinal(row)) },
  );
}

const words = (message: string, change: Partial<HoldWords> = {}): HoldWords => ({
  isSuspended: false,
  isRefused: false,
  message,
  ...change,
});

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
