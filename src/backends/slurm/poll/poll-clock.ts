import { setTimeout as sleep } from "node:timers/promises";
import { instant, type Instant } from "../../../core/instant.ts";

/** Our clock, as the poller sees it. */
export interface PollClock {
  /** See `steadyNow`. */
  now(): number;
  /** What the machine takes for the present, in milliseconds since the epoch: only for comparing it with what others date. */
  wallTime(): number;
  /** Resolves after `ms`, or as soon as `signal` ends. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/**
 * The present by a clock that nobody sets, counted from what the machine took for the time when this process started. Looks at a queue, and what must
 * come before or after them, are dated by it: a wall clock that is set back by hours would make every new look older than the last close.
 */
export function steadyNow(): Instant {
  return instant(performance.timeOrigin + performance.now());
}

/** Timers take at most 2^31 - 1 milliseconds. */
const longest = 86_400_000;

export const systemClock: PollClock = {
  now: steadyNow,
  wallTime: () => Date.now(),
  wait: (ms, signal) => sleep(Math.min(ms, longest), undefined, { signal }).catch(() => undefined),
};
