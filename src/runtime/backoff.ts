export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
  readonly factor: number;
  /** The delay is drawn between 1 and 1 + jitter times the plain one. */
  readonly jitter: number;
}

/** client-go's reflector (tools/cache/reflector.go): 0.8 s doubling to 30 s. */
export const reflectorBackoff: Backoff = { firstMs: 800, longestMs: 30_000, factor: 2, jitter: 1 };

/** Milliseconds before the next try. `failures` is at least 1, `random` uniform in [0, 1). */
export function backoffDelay(backoff: Backoff, failures: number, random: number): number {
  const plain = Math.min(backoff.longestMs, backoff.firstMs * backoff.factor ** (failures - 1));
  return plain * (1 + backoff.jitter * random);
}
