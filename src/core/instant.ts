import type { Brand } from "./brand.ts";

/** Milliseconds since the Unix epoch. Says nothing of whose clock it is: see the field that holds it. */
export type Instant = Brand<number, "Instant">;

export function isInstant(value: number): value is Instant {
  return Number.isFinite(value);
}

/** @throws RangeError for a number that is no point in time */
export function instant(milliseconds: number): Instant {
  if (!isInstant(milliseconds)) throw new RangeError(`not an instant: ${String(milliseconds)}`);
  return milliseconds;
}

/** `later` may be negative. */
export const after = (start: Instant, later: number): Instant => instant(start + later);
