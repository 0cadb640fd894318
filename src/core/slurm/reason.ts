import { limitInPlainWords } from "./reason-limit.ts";
import { reasonWords } from "./reason-words.ts";

/**
 * Slurm's reason in plain words, with what to do where a person can do something. Empty for none; a word that we do not know comes back
 * as it is. Slurm joins several with commas (the tasks of an array), adds node lists (`ReqNodeNotAvail, UnavailableNodes:n[1-2]`) and
 * signals (`RaisedSignal:11(Segmentation_fault)`), and scontrol writes underscores for blanks.
 */
export function reasonInPlainWords(reason: string): string {
  const spaced = reason
    .trim()
    .replace(/_/gu, " ")
    .replace(/^\((.*)\)$/u, "$1");
  if (spaced === "" || spaced === "None") return "";
  const whole = wordsFor(spaced);
  if (whole !== undefined) return whole;
  const parts = spaced.split(/,\s*/u).filter((part) => part !== "");
  return parts.map((part) => wordsFor(part) ?? part).join("; ");
}

/** Slurm's own signal numbers (slurm.h): from 24.11 on they stand where earlier releases have a word. */
const signalWords: ReadonlyMap<string, string> = new Map([
  ["53", "JobLaunchFailure"],
  ["125", "OutOfMemory"],
]);

function wordsFor(reason: string): string | undefined {
  const ownSignal = signalWords.get(/^RaisedSignal:(\d+)/u.exec(reason)?.[1] ?? "");
  if (ownSignal !== undefined) return reasonWords.get(ownSignal);
  const known = reasonWords.get(reason) ?? limitInPlainWords(reason);
  if (known !== undefined) return known;
  const [stem, detail] = splitOnce(reason, ":");
  if (detail === undefined) return undefined;
  const words = reasonWords.get(stem.trim());
  return words === undefined ? undefined : `${words} (${detail.trim()})`;
}

function splitOnce(text: string, separator: string): readonly [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
