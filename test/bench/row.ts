import type { Lab } from "../lab/lab.ts";
import type { Measure } from "./table.ts";

/** One row of the table in docs/performance.md, with what belongs to it. */
export interface Row {
  /** The word for `make bench ROWS=`. */
  readonly name: string;
  readonly title: string;
  /** What was measured, and how; a sentence or two of the report. */
  readonly how: string;
  /** Told in the report where the bar is not met. */
  readonly whyShort?: string;
  run(setting: Setting): Promise<readonly Measure[]>;
}

export interface Setting {
  readonly lab: Lab;
  /** 1 for the sizes of the table; less for a quick look. */
  readonly scale: number;
}

/** A number of the table at the run's scale, never less than `least`. */
export const sized = ({ scale }: Setting, count: number, least = 10): number =>
  Math.max(least, Math.round(count * scale));
