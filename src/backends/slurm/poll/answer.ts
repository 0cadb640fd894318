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
 * @throws PollFailure `Incomplete` when a mark is missing: a cut answer is no answer
 */
export function readAnswer(outcome: CommandOutcome, expected: { nonce: string; sections: number }): Answer {
  const begin = `\u001E${expected.nonce}-begin `;
  const start = outcome.stdout.indexOf(begin);
  const lineEnd = outcome.stdout.indexOf("\n", start);
  if (start < 0 || lineEnd < 0) throw cut(outcome);
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

function cut(outcome: CommandOutcome): PollFailure {
  const how = outcome.code === undefined ? "was ended by a signal" : `ended with exit code ${outcome.code}`;
  const said = outcome.stderr.trim().slice(0, 300);
  return new PollFailure(
    "Incomplete",
    `the answer was cut off (${outcome.stdout.length} characters came; the remote shell ${how})${said === "" ? "" : `: ${said}`}`,
  );
}
