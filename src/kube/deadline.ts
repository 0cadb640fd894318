import { AbortedError, TimedOutError } from "./errors.ts";

export interface DeadlineOptions {
  readonly timeoutMs: number;
  /** Any of these ends the call at once; undefined entries are allowed for the caller's ease. */
  readonly signals: readonly (AbortSignal | undefined)[];
}

/**
 * One signal for one call, made of a time limit and any number of outer signals.
 * Listeners are taken off again on disposal: an outer signal lives as long as the process, and `AbortSignal.any` would
 * leave something behind on it for each call.
 */
export class Deadline implements Disposable {
  readonly #controller = new AbortController();
  readonly #outer: readonly AbortSignal[];
  #timer: NodeJS.Timeout;
  #timeoutMs: number;
  #endsAt: number;
  #timedOut = false;

  constructor(options: DeadlineOptions) {
    this.#timeoutMs = options.timeoutMs;
    this.#endsAt = performance.now() + options.timeoutMs;
    this.#outer = options.signals.filter((signal) => signal !== undefined);
    for (const signal of this.#outer) signal.addEventListener("abort", this.#abort, { once: true });
    this.#timer = setTimeout(this.#expire, options.timeoutMs);
    if (this.#outer.some((signal) => signal.aborted)) this.#abort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get leftMs(): number {
    return Math.max(0, this.#endsAt - performance.now());
  }

  /** Begins a new time limit in place of the old one, unless that has already passed. */
  restart(timeoutMs: number): void {
    clearTimeout(this.#timer);
    this.#timeoutMs = timeoutMs;
    this.#endsAt = performance.now() + timeoutMs;
    if (!this.signal.aborted) this.#timer = setTimeout(this.#expire, timeoutMs);
  }

  /** Why the signal fired, as the error to throw; undefined while it has not. */
  failure(request: string): AbortedError | TimedOutError | undefined {
    if (!this.signal.aborted) return undefined;
    return this.#timedOut
      ? new TimedOutError(`no answer within ${this.#timeoutMs} ms`, { request })
      : new AbortedError("stopped by the caller", { request });
  }

  /** Waits, or throws the failure when the signal fires first. */
  async sleep(milliseconds: number, request: string): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, milliseconds);
      const { signal } = this;
      signal.addEventListener("abort", done, { once: true });
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      }
      if (signal.aborted) done();
    });
    const failure = this.failure(request);
    if (failure !== undefined) throw failure;
  }

  readonly #expire = (): void => {
    this.#timedOut = true;
    this.#abort();
  };

  readonly #abort = (): void => {
    this.#controller.abort();
  };

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    for (const signal of this.#outer) signal.removeEventListener("abort", this.#abort);
  }
}
