/** One entry of `Status.details.causes`: which field, which rule, in the API server's words. */
export interface StatusCause {
  readonly reason: string;
  readonly field: string | undefined;
  readonly message: string;
}

export interface KubeErrorDetails {
  /** What was asked, for a person: `get configmaps default/settings`. */
  readonly request: string;
  /** The HTTP status, when there was an answer. */
  readonly status?: number;
  /** `Status.reason`, as the server gave it. */
  readonly reason?: string;
  readonly causes?: readonly StatusCause[];
  /** What the Status is about. For a create in a namespace that is gone: the namespace. */
  readonly about?: { readonly kind: string | undefined; readonly name: string | undefined };
  /** Milliseconds that the server asks us to wait. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** What every failed call throws. The subclasses are the closed set `KubeFailure`; switch over `is`. */
export abstract class KubeError extends Error {
  abstract readonly is: string;
  readonly request: string;
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly causes: readonly StatusCause[];
  readonly about: KubeErrorDetails["about"];
  readonly retryAfterMs: number | undefined;

  constructor(message: string, details: KubeErrorDetails) {
    super(`${details.request}: ${message}`, details.cause === undefined ? {} : { cause: details.cause });
    this.name = new.target.name;
    this.request = details.request;
    this.status = details.status;
    this.reason = details.reason;
    this.causes = details.causes ?? [];
    this.about = details.about;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** 404 for an object. On create it is the namespace that is missing (see `about`). */
export class NotFoundError extends KubeError {
  readonly is = "NotFound";
}

/** 404 for the whole resource: the CRD is not installed or not served in this version. Says nothing of any object. */
export class NotServedError extends KubeError {
  readonly is = "NotServed";
}

/** 409 on create. */
export class AlreadyExistsError extends KubeError {
  readonly is = "AlreadyExists";
}

/** 409: the object has moved on, a uid precondition did not hold, or another manager owns an applied field. */
export class ConflictError extends KubeError {
  readonly is = "Conflict";
}

/** 422: the object breaks its schema (see `causes`), or a `test` of a JSON patch did not hold. */
export class InvalidError extends KubeError {
  readonly is = "Invalid";
}

/** Any other 4xx (400, 405, 413, 415): asking again would not help. */
export class RefusedError extends KubeError {
  readonly is = "Refused";
}

export class ForbiddenError extends KubeError {
  readonly is = "Forbidden";
}

/** 401, or credentials that could not be read. */
export class UnauthorizedError extends KubeError {
  readonly is = "Unauthorized";
}

/** 410: the resourceVersion or the continue token is too old; list anew. */
export class ExpiredError extends KubeError {
  readonly is = "Expired";
}

/** 429. */
export class TooManyRequestsError extends KubeError {
  readonly is = "TooManyRequests";
}

/** Whether the server can have seen the request: `never` is certain, after `unclear` a write may have happened. */
export type Delivery = "never" | "unclear";

/** 5xx, or a connection that was refused, reset or could not be trusted. May pass by itself. */
export class ServerUnavailableError extends KubeError {
  readonly is = "ServerUnavailable";
  readonly delivery: Delivery;

  constructor(message: string, details: KubeErrorDetails & { readonly delivery: Delivery }) {
    super(message, details);
    this.delivery = details.delivery;
  }
}

/** No answer within the time limit. A write may have happened. */
export class TimedOutError extends KubeError {
  readonly is = "TimedOut";
}

/** The caller's signal, or closing of the client, ended the call. A write may have happened. */
export class AbortedError extends KubeError {
  readonly is = "Aborted";
}

/** The answer is not what the caller's parser, or Kubernetes itself, promises. */
export class UnreadableError extends KubeError {
  readonly is = "Unreadable";
}

export type KubeFailure =
  | NotFoundError
  | NotServedError
  | AlreadyExistsError
  | ConflictError
  | InvalidError
  | RefusedError
  | ForbiddenError
  | UnauthorizedError
  | ExpiredError
  | TooManyRequestsError
  | ServerUnavailableError
  | TimedOutError
  | AbortedError
  | UnreadableError;

/** The subclasses above are all there are: whatever is a KubeError is one of them. */
export function isKubeFailure(error: unknown): error is KubeFailure {
  return error instanceof KubeError;
}

/** For the border between calls and code that handles their failures: anything else is a fault of ours, and named as one. */
export function asKubeFailure(error: unknown, request: string): KubeFailure {
  if (isKubeFailure(error)) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new UnreadableError(`unexpected: ${text}`, { request, cause: error });
}
