import { type Delivery, ServerUnavailableError } from "./errors.ts";

/** The request cannot have left this machine. */
const neverSent = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EHOSTDOWN",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** OpenSSL's and Node's names for a peer that is not who we expect, or that does not want us. */
const untrusted =
  /^(?:CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA)/u;

/** Turns an error from below HTTP (socket, DNS, TLS) into the one that callers know. */
export function connectionFailure(request: string, error: unknown): ServerUnavailableError {
  const code = codeOf(error);
  const text = error instanceof Error ? error.message || code : String(error);
  if (isUntrusted(error)) {
    return new ServerUnavailableError(
      `the TLS connection to the API server was not trusted (${text}); check the CA, the client certificate and their dates`,
      { request, cause: error, delivery: "never" },
    );
  }
  const delivery: Delivery = neverSent.has(code) ? "never" : "unclear";
  return new ServerUnavailableError(
    `the connection to the API server failed (${code || "no code"}: ${text})`,
    {
      request,
      cause: error,
      delivery,
    },
  );
}

/** Whether new credentials could help. */
export function isUntrusted(error: unknown): boolean {
  return untrusted.test(codeOf(error));
}

/** A connection attempt to several addresses fails with an AggregateError: its first code speaks for all. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && !hasCode(error)) return codeOf(error.errors[0]);
  return hasCode(error) ? error.code : "";
}

function hasCode(error: unknown): error is Error & { code: string } {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}
