/** What a finished remote command left. `code` is undefined where a signal ended it. */
export interface CommandOutcome {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RemoteCommand {
  /** A line for the login's shell, whichever that is: everything else goes over stdin. */
  readonly command: string;
  readonly stdin: string;
  readonly timeLimitMs: number;
  readonly signal: AbortSignal;
  /** Of stdout and stderr together. */
  readonly maxOutputBytes?: number;
}

/** All that watching needs of a session. Rejects when the command could not be run to its end. */
export interface RemoteCommands {
  run(command: RemoteCommand): Promise<CommandOutcome>;
}
