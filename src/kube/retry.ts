import type { KubeFailure } from "./errors.ts";

/** Whether doing a call twice equals doing it once. A create is not: the second says AlreadyExists of our own object. */
export type Idempotence = "idempotent" | "once";

const firstDelayMs = 200;
const longestDelayMs = 5_000;

/** Milliseconds to wait before the call is tried again; undefined when the failure is final or another try might do harm. */
export function retryDelay(options: {
  readonly failure: KubeFailure;
  readonly idempotence: Idempotence;
  /** Tries so far, at least 1. */
  readonly tries: number;
  /** Uniform in [0, 1). */
  readonly random: number;
}): number | undefined {
  const { failure, tries, random } = options;
  if (!mayTryAgain(failure, options.idempotence)) return undefined;
  const backoff = Math.min(longestDelayMs, firstDelayMs * 2 ** (tries - 1));
  // Retry-After is a lower bound; the jitter on top keeps many clients from coming back in the same instant.
  return (failure.retryAfterMs ?? backoff / 2) + (backoff / 2) * random;
}

function mayTryAgain(failure: KubeFailure, idempotence: Idempotence): boolean {
  // Refused before any work was done (priority and fairness, or an eviction budget).
  if (failure.is === "TooManyRequests") return true;
  if (failure.is !== "ServerUnavailable") return false;
  return idempotence === "idempotent" || failure.delivery === "never";
}
