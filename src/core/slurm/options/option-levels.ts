import type { ScriptReading } from "../script/script-reading.ts";
import type { OptionName } from "./option-table.ts";
import type { RequestedOptions } from "./requested-options.ts";

/** Who may ask for options, from the lowest to the highest; `status.effectiveOptions[].from` says it in these words. */
export const optionLevels = ["Cluster", "Resources", "Script", "Submission"] as const;
export type OptionLevel = (typeof optionLevels)[number];

export interface LevelledOptions {
  /** Defaults of the cluster. */
  readonly cluster: RequestedOptions;
  /** `resources` of the template or script. */
  readonly resources: RequestedOptions;
  /** The text, read without errors. */
  readonly script: ScriptReading;
  /** `resources` of the submission. */
  readonly submission: RequestedOptions;
}

export interface EffectiveOption {
  readonly option: OptionName;
  /** Empty for an option without argument. */
  readonly value: string;
  readonly from: OptionLevel;
  /** 0, or the number of the heterogeneous job's component. */
  readonly component: number;
}

/** An option that some level asked for and a higher one replaced. */
export interface ReplacedOption extends EffectiveOption {
  readonly by: { readonly option: OptionName; readonly from: OptionLevel };
}

export interface MergedOptions {
  /** Each option at most once a component. */
  readonly effective: readonly EffectiveOption[];
  readonly replaced: readonly ReplacedOption[];
  /** The `#SBATCH` (and `#PBS`, `#BSUB`) lines of `batch.sh`, for right behind its `#!` line. */
  readonly directives: readonly string[];
  /** Words for sbatch's command line, before the path of `batch.sh`. Not quoted for any shell. */
  readonly words: readonly string[];
}
