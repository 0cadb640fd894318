import type { OverDirectory, OverPage } from "../../../core/cleanup/over.ts";
import { instant } from "../../../core/instant.ts";
import { isToken } from "../../../core/slurm/token.ts";
import { SlurmCommandFailed } from "../session/unreachable.ts";
import { decodeText } from "../wrapper/frames.ts";

type Frames = readonly (readonly string[])[];

/** @throws SlurmCommandFailed when the login could not read its directories, or did not tell its time */
export function readListAnswers(frames: Frames): OverPage {
  const failed = frames.find(([word]) => word === "failed");
  if (failed !== undefined) throw new SlurmCommandFailed(decodeText(failed[1]), undefined);
  const clock = frames.find(([word]) => word === "clock")?.[1] ?? "";
  if (!isSeconds(clock)) throw new SlurmCommandFailed("the login did not tell its time", undefined);
  const next = frames.find(([word]) => word === "next")?.[1];
  return {
    now: ofSeconds(clock),
    directories: frames.map(readDirectory).filter((directory) => directory !== undefined),
    next: next !== undefined && isToken(next) ? next : undefined,
  };
}

/** `TOKEN LAST-MARK DEADLINE CLUSTER`; a line of another form is no directory of ours. */
function readDirectory(words: readonly string[]): OverDirectory | undefined {
  const [token = "", lastMark = "", deadline = "", cluster = ""] = words;
  if (!isToken(token) || !isSeconds(lastMark)) return undefined;
  const attempt =
    isSeconds(deadline) && cluster !== "" ? { deadline: ofSeconds(deadline), cluster } : undefined;
  return { token, lastMarkAt: ofSeconds(lastMark), attempt };
}

const isSeconds = (text: string): boolean => /^\d{1,11}$/u.test(text);
const ofSeconds = (text: string) => instant(Number(text) * 1000);
