import type { OptionName } from "./option-table.ts";
import type { OptionSetting } from "./option-groups.ts";

/**
 * What one level asks for. `without` asks for the absence of an option (`exclusive: None`): it takes away what lower levels say in the option's
 * groups, and puts nothing in its place.
 */
export interface RequestedOptions {
  readonly set: readonly OptionSetting[];
  readonly without: readonly OptionName[];
}

export const nothingRequested: RequestedOptions = { set: [], without: [] };

/** A wish that cannot become an option, with the field that holds it. */
export interface RequestError {
  /** `spec.resources.sbatch[2]` */
  readonly field: string;
  readonly message: string;
}
