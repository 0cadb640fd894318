import type { Instant } from "../instant.ts";

/** Who holds the fence of a token: the job (array master) that ran first, or nobody ever (`void`), or nobody yet. */
export type Owner = { is: "none" } | { is: "void" } | { is: "job"; jobId: number };

/** What the launcher of one run (one task of an array) left behind. The last run's mark only: each run begins by removing it. */
export interface ExitMark {
  readonly jobId: number;
  readonly taskIndex: number | undefined;
  /** `turnedAway`: the fence refused this job; it did not run. */
  readonly end:
    | {
        is: "exited";
        code: number;
        /** Slurm had sent TERM to the whole job before (cancel, time limit, preemption): how the job ended is Slurm's word, not this code. */
        terminated?: true;
      }
    | { is: "turnedAway" };
  readonly restart: number;
  /** By the node's clock. */
  readonly at: Instant;
}

/** Everything that the journal of a token and its directory show, read in one command. */
export interface Marks {
  readonly owner: Owner;
  readonly closed: boolean;
  /** sbatch was tried. It is there for every token of which Slurm has given an id, or somebody has removed the marks. */
  readonly tried: boolean;
  readonly exits: readonly ExitMark[];
  /** `$JOB_OUTPUTS` and `OUT_*`, in order of appearance, the last of a name wins; bounded in number and size. */
  readonly outputs: readonly {
    readonly name: string;
    readonly value: string;
    readonly taskIndex: number | undefined;
  }[];
  /** What of the outputs was cut or left out, in words for a person; undefined when nothing was. */
  readonly outputsCut?: string;
}
