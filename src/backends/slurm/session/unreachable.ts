/** Why a command did not come back with an answer. */
export type UnreachableKind =
  /** No host of the list took the connection: name, port, network, or a handshake that never ended. */
  | "HostUnreachable"
  /** The host showed a key other than the known ones, or a revoked one. */
  | "HostKeyMismatch"
  /** knownHosts says nothing of this host. */
  | "HostKeyUnknown"
  /** The host refused the private key, or the key cannot be read. */
  | "AuthenticationFailed"
  /** The connection ended before the command's answer was whole. */
  | "ConnectionLost"
  | "CommandTimedOut"
  /** The answer was larger than the caller allowed. */
  | "OutputTooLarge"
  /** As many commands wait for this login as may. */
  | "TooManyWaiting";

export type Hop = "login" | "jump";

/**
 * Transport failed: nothing is known of what the command would have said. Never a statement about a job.
 * `mayHaveRun` is false only if the command certainly never started.
 */
export class SlurmUnreachable extends Error {
  override readonly name = "SlurmUnreachable";
  readonly kind: UnreachableKind;
  readonly mayHaveRun: boolean;
  /** What the command had written to stdout until then. */
  readonly received: string;
  /** Where it failed on the way: the message of a jump host names it, and the cure is another field's. */
  readonly hop: Hop;

  constructor(
    kind: UnreachableKind,
    message: string,
    known: { mayHaveRun?: boolean; received?: string; hop?: Hop } = {},
  ) {
    super(message);
    this.hop = known.hop ?? "login";
    this.kind = kind;
    this.mayHaveRun = known.mayHaveRun ?? false;
    this.received = known.received ?? "";
  }
}

/** The command ran and said that it failed, where only success is an answer. */
export class SlurmCommandFailed extends Error {
  override readonly name = "SlurmCommandFailed";
  readonly code: number | undefined;

  constructor(message: string, code: number | undefined) {
    super(message);
    this.code = code;
  }
}
