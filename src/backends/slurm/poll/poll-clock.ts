import { setTimeout as sleep } from "node:timers/promises";

/** Our clock, as the poller sees it. */
export interface PollClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`, or as soon as `signal` ends. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** Timers take at most 2^31 - 1 milliseconds. */
const longest = 86_400_000;

export const systemClock: PollClock = {
  now: () => Date.now(),
  wait: (ms, signal) => sleep(Math.min(ms, longest), undefined, { signal }).catch(() => undefined),
};
