/**
 * Why a question to a cluster has no good answer. It says nothing about any job.
 *
 * - `Unreachable`: the command did not run to its end (`cause` says why: host, key, login, time limit).
 * - `SlurmFailed`: Slurm's command failed; the controller or slurmdbd is down, or refuses this login.
 * - `NoShell`: the login's own shell did not run ours.
 * - `Incomplete`: the answer was cut off on its way.
 */
export type PollFailureKind = "Unreachable" | "SlurmFailed" | "NoShell" | "Incomplete";

export class PollFailure extends Error {
  override readonly name = "PollFailure";
  readonly kind: PollFailureKind;

  constructor(kind: PollFailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

export function pollFailure(error: unknown): PollFailure {
  if (error instanceof PollFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new PollFailure("Unreachable", message, { cause: error });
}
