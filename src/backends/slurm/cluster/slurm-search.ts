import type { RemoteCommands } from "../poll/remote-commands.ts";

/**
 * Asks the login's own shell, with its own profile, where it finds sbatch; for a person to whom the answer is told. Readable for csh and fish as well.
 * csh reads no more for a login shell that is given a command than it has read already.
 */
const question =
  'exec /bin/sh -c \'case "$SHELL" in *csh) exec "$SHELL" -c "which sbatch" ;; *) exec "$SHELL" -l -c "command -v sbatch" ;; esac\' </dev/null';

/** @returns the folder of sbatch; undefined where the profile finds none. Transport's own errors as they are */
export async function findSlurm(call: {
  readonly commands: RemoteCommands;
  readonly timeLimitMs: number;
  readonly signal: AbortSignal;
}): Promise<string | undefined> {
  const { commands, timeLimitMs, signal } = call;
  const { stdout } = await commands.run({ command: question, stdin: "", timeLimitMs, signal });
  // A profile may print what it likes before.
  const found = stdout
    .split("\n")
    .flatMap((line) => /^(\/[\w./+@-]*[\w+@-])\/sbatch$/u.exec(line.trim())?.[1] ?? []);
  return found.at(-1);
}
