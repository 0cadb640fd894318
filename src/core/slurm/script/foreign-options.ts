import type { OptionName } from "../options/option-table.ts";
import type { OptionForm } from "./option-words.ts";

/** An option of sbatch that a `#PBS` or `#BSUB` option stands for. */
export interface Setting {
  readonly name: OptionName;
  readonly value: string | undefined;
}

/** What an option has so far, from lines read before: some foreign options add to it. */
export type Current = (name: OptionName) => string | undefined;

/** An option of another batch system that sbatch understands, and what it makes of it. Nothing for those that it takes and ignores. */
export interface ForeignOption extends OptionForm {
  /** @throws DirectiveError when sbatch refuses the value for a reason of its own; the rules of the resulting options come later */
  readonly translate: (value: string, current: Current) => readonly Setting[];
}

/** `none` in any case is /dev/null, as in sbatch's own --output. */
export const set =
  (name: OptionName) =>
  (value: string): readonly Setting[] => [{ name, value }];

export const ignored = (): readonly Setting[] => [];
