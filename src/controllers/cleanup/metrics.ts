import type { KeptWhy } from "../../core/cleanup/choice.ts";
import type { ForgetAnswer } from "../../core/slurm/dispatch-answer.ts";

/** What became of a job directory that its marks call over and old enough; `Unclear`: no answer came, and it may be gone. */
export type CleanupOutcome = "Removed" | "Unclear" | KeptWhy | Extract<ForgetAnswer, { is: "kept" }>["why"];

/** What the janitor counts. `cluster` is the name of a SlurmCluster. */
export interface CleanupMetrics {
  /** What was kept is counted again in each round. */
  directory(cluster: string, outcome: CleanupOutcome): void;
  /** A login whose directories could not be gone through to the end, or a cluster of which nothing could be judged. */
  failed(cluster: string): void;
}
