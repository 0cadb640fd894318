import type { Instant } from "../../../core/instant.ts";
import type { PollFailure } from "./failure.ts";

/** How watching goes, for the cluster's own conditions and metrics; bounded. */
export interface PollHealth {
  readonly lastGood: GoodPoll | undefined;
  /** Undefined while the last question was answered well. */
  readonly failing:
    | {
        /** When the first of these failures began (`steadyNow`). */
        readonly since: Instant;
        readonly failures: number;
        readonly error: PollFailure;
      }
    | undefined;
}

export interface GoodPoll {
  /** By our wall clock, before the question was sent: for what people read, unlike a snapshot's `begun`. */
  readonly at: Instant;
  /** How far the cluster's clock is ahead of ours, in milliseconds; good to about a second, and to the time that the answer took. */
  readonly clockAheadMs: number;
  /** Everybody's rows in the answer, and those of this install. */
  readonly rows: { readonly total: number; readonly ours: number };
  /** Rows of ours that could not be read; the first few, cut, for a person. */
  readonly unreadable: { readonly tokens: number; readonly samples: readonly string[] };
}
