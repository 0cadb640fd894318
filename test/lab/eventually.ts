import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";

export interface Patience {
  /** Milliseconds until it gives up. */
  readonly within: number;
  /** Milliseconds between two looks. Default 100. */
  readonly every?: number;
  readonly signal?: AbortSignal;
}

type Present<T> = Exclude<T, undefined | null | false>;

/**
 * Looks again and again until `look` returns something other than undefined, null or false, and returns that.
 * A look that throws counts as "not yet".
 * @throws Error with what the last look returned or threw, when the time is over
 */
export async function eventually<T>(look: () => T | Promise<T>, patience: Patience): Promise<Present<T>> {
  const { within, every = 100, signal } = patience;
  const deadline = performance.now() + within;
  for (;;) {
    let last: string;
    let cause: unknown;
    try {
      const seen = await look();
      if (isPresent(seen)) return seen;
      last = `returned ${inspect(seen)}`;
    } catch (error) {
      last = `threw ${inspect(error)}`;
      cause = error;
    }
    signal?.throwIfAborted();
    if (performance.now() >= deadline)
      throw new Error(`not within ${within} ms; the last look ${last}`, { cause });
    await sleep(every);
  }
}

const isPresent = <T>(value: T): value is Present<T> =>
  value !== undefined && value !== null && value !== false;
