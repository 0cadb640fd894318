import type { PutAnswer } from "../../../core/slurm/dispatch-answer.ts";
import { decodeText } from "../wrapper/frames.ts";

type Frames = readonly (readonly string[])[];

/** One answer for each job of a put batch, in its order; a job whose answer did not come is unclear. */
export function readPutAnswers(
  jobs: readonly { readonly token: string }[],
  frames: Frames,
  missing: string,
): readonly PutAnswer[] {
  return jobs.map((job, index) => {
    const [token, ...words] = frames[index] ?? [];
    return (token === job.token ? readPutAnswer(words) : undefined) ?? { is: "unclear", text: missing };
  });
}

function readPutAnswer(words: readonly string[]): PutAnswer | undefined {
  const [word = "", detail = "", text] = words;
  switch (word) {
    case "new":
    case "known":
      return isNumber(detail)
        ? { is: "accepted", jobId: Number(detail), known: word === "known", text: decodeText(text) }
        : undefined;
    case "answered":
      return isNumber(detail) ? { is: "answered", code: Number(detail), text: decodeText(text) } : undefined;
    case "voided":
      return { is: "voided" };
    case "look":
      return { is: "look" };
    case "unclear":
      return { is: "unclear", text: decodeText(text) };
    case "notSent":
      return isReason(detail) ? { is: "notSent", why: detail, text: decodeText(text) } : undefined;
    default:
      return undefined;
  }
}

type NotSentReason = Extract<PutAnswer, { is: "notSent" }>["why"];

const reasons: Record<NotSentReason, true> = {
  BatchStopped: true,
  DeadlinePassed: true,
  NotWritable: true,
  LockBusy: true,
  NoSbatch: true,
  NoLocks: true,
  NoLinks: true,
};

const isReason = (word: string): word is NotSentReason => Object.hasOwn(reasons, word);

const isNumber = (text: string): boolean => /^\d{1,10}$/u.test(text);
