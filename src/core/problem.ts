/**
 * What stands in the way of an object, and what that means for it. Errors carry their policy; nothing else decides about retries.
 * - `waiting`: may come right by itself (something is not there yet, a host does not answer, a limit is reached). Reconciling.
 * - `final`: cannot come right (bad value, refusal). Stalled; on a submission Rejected.
 */
export interface Problem {
  readonly policy: "waiting" | "final";
  /** One CamelCase word, the same in the condition and in the event. */
  readonly reason: string;
  /** Names field, rule, value and fix. */
  readonly message: string;
}

export const waiting = (reason: string, message: string): Problem => ({ policy: "waiting", reason, message });
export const final = (reason: string, message: string): Problem => ({ policy: "final", reason, message });

/** A value, or what stands in its way. */
export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

export const ok = <T>(value: T): Outcome<T> => ({ ok: true, value });
export const not = (problem: Problem): { readonly ok: false; readonly problem: Problem } => ({
  ok: false,
  problem,
});
