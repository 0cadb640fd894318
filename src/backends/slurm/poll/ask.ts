import { randomBytes } from "node:crypto";
import type { Instant } from "../../../core/instant.ts";
import { cleanShell } from "../session/clean-shell.ts";
import { readAnswer } from "./answer.ts";
import { PollFailure } from "./failure.ts";
import type { RemoteCommands } from "./remote-commands.ts";

/** To whom a question goes, and how long it may take. */
export interface RemoteCall {
  readonly commands: RemoteCommands;
  readonly binDirectory?: string | undefined;
  /** Milliseconds, connecting and waiting for a place included. */
  readonly timeLimitMs: number;
  readonly signal: AbortSignal;
}

export interface Question {
  /** Lines of POSIX sh; each must end with exit code 0. The nonce is new in each question: what a user put into a job cannot hold it. */
  readonly commands: (nonce: string) => readonly string[];
  /** Of the whole answer. */
  readonly maxOutputBytes?: number;
}

export interface Answered {
  readonly nonce: string;
  /** By the cluster's clock, when the question began there; whole seconds. */
  readonly remoteTime: Instant;
  /** What each command printed, in order. */
  readonly outputs: readonly string[];
}

/**
 * Times come as seconds since the epoch, so that no time zone is guessed; lists of array tasks come whole (Slurm cuts them at 64 bytes).
 * Source: squeue(1), sacct(1), `ENVIRONMENT VARIABLES`. Of the login's own environment nothing is left: SQUEUE_USERS, say, would hide jobs.
 */
const environment = "export TZ=UTC SLURM_TIME_FORMAT=%s SLURM_BITSTR_LEN=0 LC_ALL=C";

/**
 * Asks a cluster in one remote command. The answer is framed (`begin` with the remote clock, each command's output with its exit code behind it), so that it
 * is complete or is seen not to be.
 *
 * @throws PollFailure `Incomplete` or `SlurmFailed`; transport's own errors as they are
 */
export async function ask(call: RemoteCall, question: Question): Promise<Answered> {
  const nonce = randomBytes(12).toString("hex");
  const commands = question.commands(nonce);
  const begin = `printf '\\036%s %s\\n' ${nonce}-begin "$(date +%s)"`;
  const framed = commands.map((command) => `${command}\nprintf '\\n\\036%s %s\\n' ${nonce}-end "$?"`);
  const { binDirectory, timeLimitMs, signal } = call;
  const outcome = await call.commands.run({
    // The far side ends what hangs there: a connection may be gone by then.
    command: cleanShell({ binDirectory, limitSeconds: timeLimitMs / 1_000, ends: "everything" }),
    stdin: [environment, begin, ...framed, ""].join("\n"),
    timeLimitMs,
    signal,
    ...(question.maxOutputBytes === undefined ? {} : { maxOutputBytes: question.maxOutputBytes }),
  });
  const { remoteTime, sections } = readAnswer(outcome, { nonce, sections: commands.length });
  const failed = sections.findIndex(({ code }) => code !== 0);
  if (failed >= 0) {
    const [name = ""] = (commands[failed] ?? "").split(/ -{1,2}\w/u);
    const said = outcome.stderr.trim().slice(0, 300) || "it said nothing";
    throw new PollFailure("SlurmFailed", `${name} ended with ${String(sections[failed]?.code)}: ${said}`);
  }
  return { nonce, remoteTime, outputs: sections.map(({ output }) => output) };
}

/** One word for a POSIX shell, whatever it holds. */
export function quoteWord(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
