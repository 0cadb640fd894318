import type { ReadingError } from "./finding.ts";

/** slurmctld's default max_script_size (slurm.conf(5), SchedulerParameters): 4 MiB; 3.9 MB passed and 4.3 MB did not. */
const mostBytes = 4 * 1024 * 1024;

/** A script's text, or why sbatch would not even look at its directives. */
export type ScriptText =
  | { readonly is: "text"; readonly text: string; readonly errors: readonly ReadingError[] }
  | { readonly is: "refused"; readonly errors: readonly ReadingError[] };

/**
 * Checks what sbatch checks of the whole text: something in it, `#!` as the first two bytes, no DOS line breaks, no NUL, not too large.
 * Errors that leave the lines readable come with the text, so that an author sees the others too.
 */
export function checkScriptText(script: string | Uint8Array): ScriptText {
  const text = typeof script === "string" ? script : decode(script);
  if (text === undefined) {
    return refused(
      "NotUtf8",
      "the script is not UTF-8; sbatch would pass its bytes on unchanged, but Kubernetes objects hold only UTF-8: save it as UTF-8",
    );
  }
  if (text === "") return refused("Empty", "the script is empty; sbatch refuses that");
  if (/^[ \t\n\v\f\r]*$/u.test(text))
    return refused("OnlyWhitespace", "the script holds only blanks; sbatch refuses that");
  const errors = [interpreterError(text), lineBreakError(text), nullError(text), sizeError(text)];
  return { is: "text", text, errors: errors.filter((error) => error !== undefined) };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function refused(code: "Empty" | "OnlyWhitespace" | "NotUtf8", message: string): ScriptText {
  return {
    is: "refused",
    errors: [{ line: 1, column: 1, code, message, by: code === "NotUtf8" ? "Batchwright" : "sbatch" }],
  };
}

function interpreterError(text: string): ReadingError | undefined {
  if (text.startsWith("#!")) return undefined;
  const bom = text.startsWith("\u{feff}") ? " (it begins with a byte order mark: save it without)" : "";
  return {
    line: 1,
    column: 1,
    code: "NoInterpreter",
    message: `the script does not begin with "#!"${bom}; sbatch wants the interpreter in the first two bytes, e.g. #!/bin/bash`,
    by: "sbatch",
  };
}

function lineBreakError(text: string): ReadingError | undefined {
  const at = text.indexOf("\r\n");
  if (at < 0) return undefined;
  return {
    ...placeOf(text, at),
    code: "DosLineBreaks",
    message:
      "the line ends in CR LF; sbatch refuses DOS line breaks anywhere in a script: save it with LF (dos2unix)",
    by: "sbatch",
  };
}

function nullError(text: string): ReadingError | undefined {
  const at = text.indexOf("\0");
  if (at < 0) return undefined;
  return {
    ...placeOf(text, at),
    code: "NullCharacter",
    message: "there is a NUL character; Slurm does not take scripts with one: remove it",
    by: "sbatch",
  };
}

function sizeError(text: string): ReadingError | undefined {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes <= mostBytes) return undefined;
  return {
    line: 1,
    column: 1,
    code: "TooLarge",
    message: `the script has ${bytes} bytes; Slurm takes at most ${mostBytes}: move data into support files`,
    by: "slurmctld",
  };
}

function placeOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: at - lineStart + 1 };
}
