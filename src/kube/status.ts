import { z } from "zod";
import {
  AlreadyExistsError,
  ConflictError,
  ExpiredError,
  ForbiddenError,
  InvalidError,
  type KubeErrorDetails,
  type KubeFailure,
  NotFoundError,
  NotServedError,
  RefusedError,
  ServerUnavailableError,
  TooManyRequestsError,
  UnauthorizedError,
} from "./errors.ts";

/** The fields of `meta/v1 Status` that decide anything; every one may be absent. */
const statusBody = z.object({
  kind: z.literal("Status"),
  message: z.string().default(""),
  reason: z.string().default(""),
  code: z.int().optional(),
  details: z
    .object({
      kind: z.string().optional(),
      name: z.string().optional(),
      retryAfterSeconds: z.number().nonnegative().optional(),
      causes: z
        .array(
          z.object({
            reason: z.string().default(""),
            field: z.string().optional(),
            message: z.string().default(""),
          }),
        )
        .optional(),
    })
    .optional(),
});
type StatusBody = z.infer<typeof statusBody>;

const longestMessage = 4096;

/** An HTTP answer that is not 2xx, or the Status inside a watch's ERROR event. */
export interface FailedAnswer {
  readonly request: string;
  readonly status: number;
  readonly body: string;
  readonly retryAfter: string | undefined;
}

/** Turns an unsuccessful answer into the error that callers switch over. */
export function failureOf(answer: FailedAnswer): KubeFailure {
  const status = readStatus(answer.body);
  const message = (status?.message || answer.body.trim() || "no explanation").slice(0, longestMessage);
  const details: KubeErrorDetails = {
    request: answer.request,
    status: answer.status,
    retryAfterMs: retryAfterMs(answer.retryAfter, status),
    ...(status === undefined ? {} : statusDetails(status)),
  };
  return classify(`${message} (HTTP ${answer.status})`, details, status);
}

/** The failure that a watch reports inside its stream, with HTTP 200 around it. */
export function watchFailureOf(request: string, object: unknown): KubeFailure {
  const parsed = statusBody.safeParse(object);
  const status = parsed.success ? (parsed.data.code ?? 500) : 500;
  return failureOf({ request, status, body: JSON.stringify(object), retryAfter: undefined });
}

function classify(message: string, details: KubeErrorDetails, status: StatusBody | undefined): KubeFailure {
  const code = details.status ?? 0;
  if (code >= 500) return new ServerUnavailableError(message, { ...details, delivery: "unclear" });
  switch (code) {
    case 404:
      // An object that is missing is named by a Status; an unknown resource gets a plain-text page or a Status without a name.
      return status?.details?.name === undefined
        ? new NotServedError(message, details)
        : new NotFoundError(message, details);
    case 409:
      return status?.reason === "AlreadyExists"
        ? new AlreadyExistsError(message, details)
        : new ConflictError(message, details);
    default:
      return new (byCode.get(code) ?? RefusedError)(message, details);
  }
}

const byCode = new Map<number, new (message: string, details: KubeErrorDetails) => KubeFailure>([
  [401, UnauthorizedError],
  [403, ForbiddenError],
  [410, ExpiredError],
  [422, InvalidError],
  [429, TooManyRequestsError],
]);

function readStatus(body: string): StatusBody | undefined {
  try {
    return statusBody.parse(JSON.parse(body));
  } catch {
    // A proxy or load balancer in front of the API server answers with pages of its own.
    return undefined;
  }
}

function statusDetails(status: StatusBody): Partial<KubeErrorDetails> {
  const causes = (status.details?.causes ?? []).map((cause) => ({
    reason: cause.reason,
    field: cause.field,
    message: cause.message,
  }));
  return {
    reason: status.reason,
    causes,
    about: { kind: status.details?.kind, name: status.details?.name },
  };
}

/** Milliseconds; the header wins. A date form (RFC 9110) is not used by the API server and is ignored. */
function retryAfterMs(header: string | undefined, status: StatusBody | undefined): number | undefined {
  const seconds = header === undefined ? Number.NaN : Number(header);
  if (Number.isFinite(seconds) && seconds >= 0) return seconds * 1000;
  const fromBody = status?.details?.retryAfterSeconds;
  return fromBody === undefined ? undefined : fromBody * 1000;
}
