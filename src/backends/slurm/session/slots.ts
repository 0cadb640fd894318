import { SlurmUnreachable } from "./unreachable.ts";

/**
 * Places for commands in flight, first come first served. sshd allows 10 sessions on a connection (MaxSessions) and frees one only some
 * time after its end, so we stay well below (measured: 4 at once are never refused, 8 sometimes).
 */
export class Slots {
  readonly #waiting: Array<() => void> = [];
  readonly #mostWaiting: number;
  #free: number;

  constructor(limits: { slots: number; mostWaiting: number }) {
    this.#free = limits.slots;
    this.#mostWaiting = limits.mostWaiting;
  }

  /** Resolves with a place that is given back when disposed. @throws the signal's reason, or `TooManyWaiting` at once */
  async take(signal: AbortSignal): Promise<Disposable> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return this.#place();
    }
    if (this.#waiting.length >= this.#mostWaiting)
      throw new SlurmUnreachable(
        "TooManyWaiting",
        `${this.#mostWaiting} commands wait for this login already`,
      );
    const { promise, resolve, reject } = Promise.withResolvers<Disposable>();
    const turn = (): void => resolve(this.#place());
    const leave = (): void => {
      this.#waiting.splice(this.#waiting.indexOf(turn), 1);
      reject(signal.reason);
    };
    this.#waiting.push(turn);
    signal.addEventListener("abort", leave, { once: true });
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  #place(): Disposable {
    let isTaken = true;
    return {
      [Symbol.dispose]: () => {
        if (!isTaken) return;
        isTaken = false;
        const next = this.#waiting.shift();
        if (next === undefined) this.#free += 1;
        else next();
      },
    };
  }
}
