import type { Instant } from "../../../core/instant.ts";
import type { Snapshot } from "../backend.ts";
import { untilAborted } from "./until-aborted.ts";

interface Waiter {
  readonly moment: Instant;
  readonly resolve: (snapshot: Snapshot) => void;
  readonly reject: (reason: unknown) => void;
}

/** Who waits for a snapshot begun after a moment. One snapshot serves all whose moment lies before it. */
export class SnapshotWaiters {
  readonly #waiters = new Set<Waiter>();

  async wait(moment: Instant, signal: AbortSignal): Promise<Snapshot> {
    const { promise, resolve, reject } = Promise.withResolvers<Snapshot>();
    const waiter = { moment, resolve, reject };
    this.#waiters.add(waiter);
    try {
      return await untilAborted(promise, signal);
    } finally {
      this.#waiters.delete(waiter);
    }
  }

  serve(snapshot: Snapshot): void {
    for (const waiter of this.#waiters) {
      if (snapshot.begun > waiter.moment) waiter.resolve(snapshot);
    }
  }

  fail(reason: unknown): void {
    for (const waiter of this.#waiters) waiter.reject(reason);
  }
}
