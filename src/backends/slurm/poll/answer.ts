import { z } from "zod";
import { instant, type Instant } from "../../../core/instant.ts";
import { PollFailure } from "./failure.ts";
import type { CommandOutcome } from "./remote-commands.ts";

/** A framed answer, taken apart. */
export interface Answer {
  /** By the cluster's clock, when the question began there; whole seconds. */
  readonly remoteTime: Instant;
  /** Output and exit code of each command, in order. */
  readonly sections: readonly Section[];
}

export interface Section {
  readonly output: string;
  readonly code: number;
}

const seconds = z
  .string()
  .regex(/^\d{1,12}$/u)
  .transform(Number);
const exitCode = z
  .string()
  .regex(/^\d{1,3}$/u)
  .transform(Number);

/**
 * Takes an answer to `ask` apart. What a login prints before the frame (banners, profiles) does not count.
 *
 * @throws PollFailure `NoShell` when nothing of it was begun, `Incomplete` when a later mark is missing: a cut answer is no answer
 */
export function readAnswer(outcome: CommandOutcome, expected: { nonce: string; sections: number }): Answer {
  const begin = `\u001E${expected.nonce}-begin `;
  const start = outcome.stdout.indexOf(begin);
  const lineEnd = outcome.stdout.indexOf("\n", start);
  if (start < 0) throw notBegun(outcome);
  if (lineEnd < 0) throw cut(outcome);
  const clock = seconds.safeParse(outcome.stdout.slice(start + begin.length, lineEnd));
  if (!clock.success) throw cut(outcome);
  const sections: Section[] = [];
  let from = lineEnd + 1;
  while (sections.length < expected.sections) {
    const end = `\n\u001E${expected.nonce}-end `;
    const at = outcome.stdout.indexOf(end, from);
    const endOfLine = at < 0 ? -1 : outcome.stdout.indexOf("\n", at + 1);
    if (endOfLine < 0) throw cut(outcome);
    const code = exitCode.safeParse(outcome.stdout.slice(at + end.length, endOfLine));
    if (!code.success) throw cut(outcome);
    sections.push({ output: outcome.stdout.slice(from, at), code: code.data });
    from = endOfLine + 1;
  }
  return { remoteTime: instant(clock.data * 1_000), sections };
}

/** The login's own shell did not start ours, or gave it nothing to read. What it says tells why: a restricted shell, an expired password, a quota. */
function notBegun(outcome: CommandOutcome): PollFailure {
  const said = plainText(`${outcome.stderr}\n${outcome.stdout}`);
  return new PollFailure(
    "NoShell",
    `the login's own shell ${endOf(outcome)} and did not run /bin/sh; it said ${said === "" ? "nothing" : `"${said}"`}`,
  );
}

function cut(outcome: CommandOutcome): PollFailure {
  const said = plainText(outcome.stderr);
  return new PollFailure(
    "Incomplete",
    `the answer was cut off (${outcome.stdout.length} characters came; the remote shell ${endOf(outcome)})${said === "" ? "" : `: ${said}`}`,
  );
}

const endOf = ({ code }: CommandOutcome): string =>
  code === undefined ? "was ended by a signal" : `ended with exit code ${code}`;

const mostSaid = 300;

/** What a login prints may hold anything: a person gets its words. */
const plainText = (text: string): string =>
  text
    .replaceAll(/[^\P{C}\n]/gu, "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("; ")
    .slice(0, mostSaid);
