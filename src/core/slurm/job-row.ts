import type { Instant } from "../instant.ts";
import type { BaseState, StateFlag } from "./job-state.ts";
import type { Token } from "./token.ts";

/**
 * What Slurm says of a job, or of the part of an array that one row stands for. All times are by the cluster's clock.
 * A word that no release known to us uses is kept as `unknownWord`, and its row changes nothing.
 */
export interface JobRow {
  readonly token: Token;
  readonly user: string;
  /** The id that people use: of a job, of a whole array (`%F`), of a het job's leader. */
  readonly jobId: number;
  /** `undefined` for a job that is no array; one index for a started task, a bracket list (`4-5`, without `%limit`) for the pending rest. */
  readonly taskIndexes: string | undefined;
  readonly state: BaseState;
  readonly flags: readonly StateFlag[];
  readonly unknownWord: string | undefined;
  /** Slurm's word (`Resources`, `NonZeroExitCode`), empty for none. */
  readonly reason: string;
  readonly partition: string;
  /** In Slurm's bracket notation; empty while pending. */
  readonly nodes: string;
  readonly submittedAt: Instant | undefined;
  readonly startedAt: Instant | undefined;
  readonly endedAt: Instant | undefined;
  /** `undefined` for no limit. */
  readonly timeLimitSeconds: number | undefined;
  readonly priority: number | undefined;
  readonly reservation: string;
  readonly restarts: number;
  /** From accounting, or from squeue's raw wait status where it has one. */
  readonly exit: { readonly code: number; readonly signal: number } | undefined;
}
