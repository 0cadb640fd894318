import type { OptionName } from "../options/option-table.ts";
import type { ReadingError, ReadingWarning } from "./finding.ts";
import type { Word } from "./word.ts";

/** Which kind of line said something. `#SLURM` counts as `#SBATCH`. */
export type DirectiveKind = "#SBATCH" | "#PBS" | "#BSUB";

/** One option as sbatch takes it from the script. */
export interface ScriptOption {
  /** The long name under which sbatch keeps it. */
  readonly name: OptionName;
  /** `undefined` for an option without argument. */
  readonly value: string | undefined;
  readonly line: number;
  readonly column: number;
  /** As written, the words with one blank between them. */
  readonly text: string;
  readonly words: readonly Word[];
  /** 0, or the number of the heterogeneous job's component. */
  readonly component: number;
  readonly kind: DirectiveKind;
}

/** A line that sbatch reads, as it stands in the script. */
export interface SourceLine {
  readonly line: number;
  readonly text: string;
  readonly kind: DirectiveKind;
  readonly component: number;
  /** The line begins its component (`#SBATCH hetjob`) and says nothing else. */
  readonly isSeparator: boolean;
}

/** What sbatch makes of a script. */
export interface ScriptReading {
  /** In the order in which sbatch applies them: `#SBATCH` by line, then `#BSUB` or `#PBS`. */
  readonly options: readonly ScriptOption[];
  /** 1, or how many components `#SBATCH hetjob` lines make. */
  readonly components: number;
  readonly lines: readonly SourceLine[];
  /** Empty for a script that sbatch and Batchwright take. At most 50, the first ones by line. */
  readonly errors: readonly ReadingError[];
  /** At most 50. */
  readonly warnings: readonly ReadingWarning[];
}
