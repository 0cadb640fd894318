import type { Finding } from "../../api/v1alpha1/finding.ts";
import type { JobSubmissionStatus } from "../../api/v1alpha1/job-submission-status.ts";

/** A file of the job's directory. */
export interface StagedFile {
  /** Relative to the job's directory. */
  readonly path: string;
  readonly content: Uint8Array;
  /** Permission bits. */
  readonly mode: number;
}

/** Everything that is sent, apart from the token that it is sent under. */
export interface StagedJob {
  readonly files: readonly StagedFile[];
  /** Words of sbatch's command line without the script's path. */
  readonly arguments: readonly string[];
}

/** A submission worked out to the last word: what would be sent, where, and as whom. */
export interface Prepared {
  readonly cluster: { readonly name: string; readonly uid: string; readonly slurmName: string };
  readonly user: string;
  readonly scriptDigest: string;
  readonly optionsDigest: string;
  /** `<workDirectory>/<install>`: a token's directory is below it. */
  readonly root: string;
  readonly effectiveOptions: NonNullable<JobSubmissionStatus["effectiveOptions"]>;
  readonly script: NonNullable<JobSubmissionStatus["script"]>;
  readonly template: JobSubmissionStatus["template"];
  /** What sbatch reads in the script otherwise than it looks. Nothing of it is in the way. */
  readonly warnings: readonly Finding[];
  /** The directory's name depends on the attempt, and so do paths in the launcher. */
  readonly stage: (directory: string) => StagedJob;
}
