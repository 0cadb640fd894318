import type { Phase } from "../../../../src/api/v1alpha1/job-submission-status.ts";
import type { End } from "./world-model.ts";

interface StoredEnd {
  readonly phase: Phase | undefined;
  /** Of the condition Succeeded. */
  readonly reason: string | undefined;
  /** Nobody has asked for its end. */
  readonly isWanted: boolean;
  /** How the last run that got past the fence ended in truth; undefined when none did, or it never reached the entrypoint. */
  readonly lastEnd: End | undefined;
  /** The last attempt. */
  readonly hasRun: boolean;
  /** Any attempt. */
  readonly hasEverRun: boolean;
}

/** What is not true of an end that is being stored. */
export function untruthOf({
  phase,
  reason,
  isWanted,
  lastEnd,
  hasRun,
  hasEverRun,
}: StoredEnd): string | undefined {
  const hasEndedItself = lastEnd === "ok" || lastEnd === "failed";
  const lies: readonly (readonly [told: boolean, isLie: boolean])[] = [
    [phase === "Done", lastEnd !== "ok"],
    [phase === "Rejected", hasEverRun],
    [reason === "QueueTimeout", hasRun],
    [reason === "JobFailed", lastEnd !== "failed"],
    [reason === "JobLost", hasEndedItself],
    // Nobody else cancels in this world: what we sweep from the queue unasked must not pass for somebody's wish.
    [reason === "JobCancelled", isWanted || lastEnd === "ok"],
  ];
  if (!lies.some(([told, isLie]) => told && isLie)) return undefined;
  const wish = isWanted ? "nobody wanted its end" : "its end was wanted";
  return `${phase} ${reason} is stored, but the last run ended ${lastEnd ?? "nowhere"}, and ${wish}`;
}
