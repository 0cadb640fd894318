import { asKubeFailure } from "../kube/errors.ts";
import { identify } from "../kube/metadata.ts";
import type { WatchEvent } from "../kube/watch.ts";
import type { Clock } from "./clock.ts";
import type { ReflectorInput } from "./reflector-step.ts";

export interface WatchSessionOptions {
  /** Opens the watch; it has to end when the signal fires. */
  readonly open: (signal: AbortSignal) => AsyncIterable<WatchEvent>;
  readonly clock: Clock;
  /** Longest silence, in milliseconds; more than the server's minute between bookmarks. */
  readonly idleMs: number;
  readonly signal: AbortSignal;
  /** An event that cannot even be named is passed over; this says so. */
  readonly unreadable: (error: unknown) => void;
}

/** One open watch, read event by event as input for the step function. Disposing closes the connection. */
export class WatchSession implements AsyncDisposable {
  readonly #options: WatchSessionOptions;
  readonly #controller = new AbortController();
  readonly #events: AsyncIterator<WatchEvent>;
  readonly #openedAt: number;
  #lastEventAt: number;
  #watchdog: Disposable | undefined;
  #isIdle = false;

  constructor(options: WatchSessionOptions) {
    this.#options = options;
    this.#openedAt = options.clock.now();
    this.#lastEventAt = this.#openedAt;
    options.signal.addEventListener("abort", this.#abort, { once: true });
    if (options.signal.aborted) this.#abort();
    this.#events = options.open(this.#controller.signal)[Symbol.asyncIterator]();
    this.#startWatchdog();
  }

  /** The next event, or how the watch ended. Never throws. */
  async next(): Promise<ReflectorInput> {
    for (;;) {
      const input = await this.#read();
      if (input !== undefined) return input;
    }
  }

  async #read(): Promise<ReflectorInput | undefined> {
    const { clock } = this.#options;
    try {
      const next = await this.#events.next();
      this.#lastEventAt = clock.now();
      return next.done === true ? { is: "ended", livedMs: this.#livedMs } : this.#input(next.value);
    } catch (error) {
      if (this.#isIdle) return { is: "idle" };
      return { is: "failed", failure: asKubeFailure(error, "watch"), livedMs: this.#livedMs };
    }
  }

  #input(event: WatchEvent): ReflectorInput | undefined {
    switch (event.is) {
      case "added":
      case "modified":
        return this.#identified("put", event.object);
      case "deleted":
        return this.#identified("remove", event.object);
      case "bookmark":
        return event;
      case "error":
        return { is: "failed", failure: event.failure, livedMs: this.#livedMs };
    }
  }

  #identified(is: "put" | "remove", object: unknown): ReflectorInput | undefined {
    try {
      return { is, item: { ...identify(object), object } };
    } catch (error) {
      this.#options.unreadable(error);
      return undefined;
    }
  }

  get #livedMs(): number {
    return this.#options.clock.now() - this.#openedAt;
  }

  /** One timer for the whole watch: it looks how long ago the last event was and sleeps for the rest. */
  #startWatchdog(): void {
    const { clock, idleMs } = this.#options;
    const left = this.#lastEventAt + idleMs - clock.now();
    if (left <= 0) {
      this.#isIdle = true;
      this.#abort();
      return;
    }
    this.#watchdog = clock.startTimer(left, () => this.#startWatchdog());
  }

  readonly #abort = (): void => {
    this.#controller.abort();
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watchdog?.[Symbol.dispose]();
    this.#options.signal.removeEventListener("abort", this.#abort);
    this.#abort();
    await this.#events.return?.().catch(() => undefined);
  }
}
