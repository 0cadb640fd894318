import { CredentialSourceError } from "./kube/credentials.ts";
import { isKubeFailure, type KubeFailure } from "./kube/errors.ts";
import { CacheSyncError } from "./runtime/lifecycle.ts";
import { ListenError } from "./server/http-server.ts";

/** What keeps the process from starting and a person can put right: said in one line, for a stack would tell him nothing. */
export class StartError extends Error {
  override readonly name = "StartError";
}

/** Runs a step of the start; what it is known to fail with becomes a StartError, anything else passes. */
export async function starting<T>(step: () => Promise<T> | T, hint = ""): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const message = explain(error);
    if (message === undefined) throw error;
    throw new StartError(oneLine(`${message}${hint}`), { cause: error });
  }
}

function explain(error: unknown): string | undefined {
  if (isKubeFailure(error)) return `${error.message}${cures[error.is] ?? ""}`;
  const isPlain =
    error instanceof CredentialSourceError || error instanceof ListenError || error instanceof CacheSyncError;
  return isPlain ? error.message : undefined;
}

const cures: Readonly<Partial<Record<KubeFailure["is"], string>>> = {
  Unauthorized: "; check the token or the client certificate in the kubeconfig",
  Forbidden: "; apply the operator's roles to this account (config/rbac)",
  NotFound: "; create the namespace, or name another with --namespace",
  ServerUnavailable: "; is the API server up, and is its address right?",
  TimedOut: "; is the API server up, and is its address right?",
};

/** YAML parsers draw pictures under their first line. */
const oneLine = (text: string): string =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" ");
