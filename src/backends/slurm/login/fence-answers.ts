import type { FenceAnswer, ForgetAnswer } from "../../../core/slurm/dispatch-answer.ts";
import { decodeText } from "../wrapper/frames.ts";

type Frames = readonly (readonly string[])[];

/** One answer for each void or close, in their order; one that did not come is unclear. */
export function readFenceAnswers(
  tokens: readonly string[],
  frames: Frames,
  missing: string,
): readonly FenceAnswer[] {
  return tokens.map((token, index) => {
    const [of, word, detail = ""] = frames[index] ?? [];
    if (of !== token) return { is: "unclear", text: missing };
    if (word === "fenced" && detail === "void") return { is: "fenced", owner: { is: "void" } };
    if (word === "fenced" && /^\d{1,10}$/u.test(detail))
      return { is: "fenced", owner: { is: "job", jobId: Number(detail) } };
    return { is: "unclear", text: word === "unclear" ? decodeText(detail) : missing };
  });
}

/** One answer for each place, in their order; one that did not come is unclear. */
export function readForgetAnswers(
  tokens: readonly string[],
  frames: Frames,
  missing: string,
): readonly ForgetAnswer[] {
  return tokens.map((token, index) => {
    const [of, word, why = "", text] = frames[index] ?? [];
    if (of !== token) return { is: "unclear", text: missing };
    if (word === "forgotten") return { is: "forgotten" };
    return isReason(why) ? { is: "kept", why, text: decodeText(text) } : { is: "unclear", text: missing };
  });
}

type KeptReason = Extract<ForgetAnswer, { is: "kept" }>["why"];

const reasons: Record<KeptReason, true> = {
  DeadlineAhead: true,
  NotClosed: true,
  LockBusy: true,
  NotRemovable: true,
};

const isReason = (word: string): word is KeptReason => Object.hasOwn(reasons, word);
