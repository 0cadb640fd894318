/** All in milliseconds. */
export interface Rhythm {
  /** Between two questions when nothing special happens. */
  readonly interval: number;
  /** The site's wish: two questions never begin closer together. */
  readonly floor: number;
  /** Longest pause while questions fail. */
  readonly longestPause: number;
}

/** What the next question's time depends on; moments by our clock. */
export interface Pace {
  /** When the last question began. */
  readonly last: number;
  /** Failures in a row. */
  readonly failures: number;
  /** Questions since something was expected to happen soon; each doubles the pause, until the interval is reached. */
  readonly sinceHurry: number;
  /** When a running job reaches its limit. */
  readonly nextEnd: number | undefined;
  /** An answer that was too surprising to be believed is asked for again. */
  readonly isSuspicious: boolean;
  /** 0 to 1: spreads operators and clusters, so that they do not ask in step. */
  readonly jitter: number;
}

/** squeue shows an end a moment after it: a look at the very second would be wasted. */
const afterEnd = 1_000;

/** When the next question is due. Never under the floor; a hurry does not shorten the pause of a cluster that fails. */
export function nextTick(rhythm: Rhythm, pace: Pace): number {
  const { floor, interval, longestPause } = rhythm;
  const soonest = pace.last + floor;
  if (pace.failures > 0) {
    const pause = Math.min(floor * 2 ** Math.min(pace.failures - 1, 30), Math.max(longestPause, floor));
    return pace.last + spread(pause, pace.jitter);
  }
  if (pace.isSuspicious) return soonest;
  const quick = floor * 2 ** Math.min(pace.sinceHurry, 30);
  const regular = pace.last + (quick < interval ? quick : spread(Math.max(interval, floor), pace.jitter));
  if (pace.nextEnd === undefined) return regular;
  return Math.max(soonest, Math.min(regular, pace.nextEnd + afterEnd));
}

/** Up to a tenth longer: shorter could fall under the floor. */
const spread = (pause: number, jitter: number): number => pause * (1 + jitter / 10);
