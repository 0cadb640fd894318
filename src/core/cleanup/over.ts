import type { Instant } from "../instant.ts";
import type { Token } from "../slurm/token.ts";

/** A job directory whose marks say that nothing of its token runs or ever will. All times are by the cluster's clock. */
export interface OverDirectory {
  readonly token: Token;
  /** When the last mark was made: no sign of the job is newer. */
  readonly lastMarkAt: Instant;
  /** What was kept of the attempt beside its marks; undefined in a directory that was made before this was kept. */
  readonly attempt: { readonly deadline: Instant; readonly cluster: string } | undefined;
}

/** Some of a login's directories, in the order of their names. */
export interface OverPage {
  /** The cluster's clock when it answered. */
  readonly now: Instant;
  readonly directories: readonly OverDirectory[];
  /** Where the next page begins; undefined at the end. */
  readonly next: Token | undefined;
}
