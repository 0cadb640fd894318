import type { PollClock } from "../../../../../src/backends/slurm/poll/poll-clock.ts";

interface Timer {
  readonly at: number;
  readonly ring: () => void;
}

/** A clock that stands still until it is told to go on. */
export class ManualClock implements PollClock {
  readonly #timers = new Set<Timer>();
  #now = 1_000_000;

  now(): number {
    return this.#now;
  }

  wallTime(): number {
    return this.#now;
  }

  wait(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = { at: this.#now + ms, ring: resolve };
    this.#timers.add(timer);
    signal.addEventListener("abort", () => resolve(), { once: true });
    return promise.finally(() => this.#timers.delete(timer));
  }

  /** Goes on by `ms`, with a stop at every timer on the way; what each of them sets off has happened when this resolves. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (;;) {
      const [next] = [...this.#timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#now = Math.max(this.#now, next.at);
      next.ring();
      await settled();
    }
    this.#now = end;
  }
}

/** All that was already under way has come to its next wait. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
