import type { Clock } from "../../../src/runtime/clock.ts";

interface Alarm {
  readonly at: number;
  readonly callback: () => void;
}

/** Time that passes when the test says so. Timers fire in their order, also those that timers start. */
export class ManualClock implements Clock {
  readonly #alarms = new Set<Alarm>();
  #now = 0;

  now(): number {
    return this.#now;
  }

  wallTime(): Date {
    return new Date(Date.UTC(2026, 0, 1) + this.#now);
  }

  startTimer(milliseconds: number, callback: () => void): Disposable {
    const alarm = { at: this.#now + Math.max(0, milliseconds), callback };
    this.#alarms.add(alarm);
    return { [Symbol.dispose]: () => this.#alarms.delete(alarm) };
  }

  /** Timers that wait. */
  get waiting(): number {
    return this.#alarms.size;
  }

  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#alarms.delete(next);
      this.#now = next.at;
      next.callback();
    }
    this.#now = end;
  }

  #next(end: number): Alarm | undefined {
    const due = [...this.#alarms].filter((alarm) => alarm.at <= end);
    return due.sort((a, b) => a.at - b.at)[0];
  }
}

/** Lets everything run that waits for promises only. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}
