import { isKubeFailure } from "../kube/errors.ts";
import type { Priority } from "./priority.ts";

/** What a reconcile says when it went well. */
export type Result =
  /** Nothing more to do until something changes. */
  | { readonly is: "done" }
  /** Look again after this time even if nothing changes: for what cannot be watched. */
  | { readonly is: "requeueAfter"; readonly ms: number; readonly priority: Priority };

export const done: Result = { is: "done" };

export function requeueAfter(ms: number, priority: Priority = 0): Result {
  return { is: "requeueAfter", ms, priority };
}

/** Trying again cannot help: somebody has to change an object, and that change will wake the key. */
export class TerminalError extends Error {
  override readonly name: string = "TerminalError";
}

/** What is missing may come by itself; look again after a time. It is no failure: it does not count and is not backed off. */
export class RetryAfterError extends Error {
  override readonly name: string = "RetryAfterError";
  readonly retryAfterMs: number;

  constructor(message: string, options: { readonly retryAfterMs: number; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** What the runtime does about an error. The error carries it; nothing else decides about retries. */
export type Policy =
  | { readonly is: "terminal" }
  | { readonly is: "retryAfter"; readonly ms: number }
  | { readonly is: "backOff"; readonly isPanic: boolean; readonly isOrdinary: boolean };

export function policyOf(error: unknown): Policy {
  if (error instanceof TerminalError) return { is: "terminal" };
  if (error instanceof RetryAfterError) return { is: "retryAfter", ms: error.retryAfterMs };
  if (isKubeFailure(error)) {
    return error.retryAfterMs === undefined
      ? { is: "backOff", isPanic: false, isOrdinary: error.is === "Conflict" || error.is === "Aborted" }
      : { is: "retryAfter", ms: error.retryAfterMs };
  }
  return { is: "backOff", isPanic: isPanic(error), isOrdinary: false };
}

/** Thrown by the language, or not even an error: a fault in our own code, not in the world. */
function isPanic(error: unknown): boolean {
  return (
    !(error instanceof Error) ||
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof ReferenceError ||
    error.name === "AssertionError"
  );
}
