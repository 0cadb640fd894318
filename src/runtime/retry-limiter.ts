import type { Key } from "../kube/key.ts";

const firstMs = 5;
const longestMs = 1_000_000;
const tokensPerSecond = 10;
const burst = 100;

/**
 * How long a key that failed has to wait: the longer of its own exponential backoff (5 ms·2^n, at most 1000 s) and a bucket that all keys
 * share (10 a second, burst 100), so that one broken dependency of many objects does not become a storm.
 * Source: client-go util/workqueue/default_rate_limiters.go, DefaultTypedControllerRateLimiter.
 */
export class RetryLimiter {
  readonly #failures = new Map<Key, number>();
  #tokens = burst;
  #filledAt: number;

  constructor(now: number) {
    this.#filledAt = now;
  }

  /** Counts one more failure; milliseconds until the key may run again. */
  next(key: Key, now: number): number {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const own = Math.min(longestMs, firstMs * 2 ** failures);
    return Math.max(own, this.#reserve(now));
  }

  failures(key: Key): number {
    return this.#failures.get(key) ?? 0;
  }

  /** The key did well, or is gone. */
  forget(key: Key): void {
    this.#failures.delete(key);
  }

  /** Takes a token, from the future if need be; milliseconds until it is there. */
  #reserve(now: number): number {
    const gained = ((now - this.#filledAt) / 1000) * tokensPerSecond;
    this.#tokens = Math.min(burst, this.#tokens + gained) - 1;
    this.#filledAt = now;
    return this.#tokens >= 0 ? 0 : (-this.#tokens / tokensPerSecond) * 1000;
  }
}
