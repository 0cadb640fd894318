/** Time as the runtime sees it; tests bring a clock of their own and need no waiting. */
export interface Clock {
  /** Milliseconds that only ever grow, from an arbitrary start: for durations. */
  now(): number;
  /** What the machine takes for the present: for what others read. */
  wallTime(): Date;
  /** Calls back once after `milliseconds`; disposing cancels. */
  startTimer(milliseconds: number, callback: () => void): Disposable;
}

// setTimeout takes a signed 32-bit number and fires at once beyond it.
const longestTimerMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => new Date(),
  startTimer(milliseconds, callback) {
    const timer = setTimeout(callback, Math.min(longestTimerMs, Math.max(0, milliseconds)));
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

/** Resolves after the time or as soon as the signal fires; the caller asks the signal which it was. */
export async function sleep(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = (): void => resolve();
  signal.addEventListener("abort", wake, { once: true });
  using _timer = clock.startTimer(milliseconds, wake);
  try {
    await promise;
  } finally {
    signal.removeEventListener("abort", wake);
  }
}
