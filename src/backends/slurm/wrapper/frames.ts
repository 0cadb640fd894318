/**
 * What a script of ours says on stdout: lines that begin with the nonce of the call, so that a banner, a profile or sbatch itself is never
 * mistaken for an answer. Free text travels as base64, `-` for none. A line without its newline was cut and does not count.
 */
export function readFrames(stdout: string, nonce: string): readonly (readonly string[])[] {
  const lines = stdout.split("\n");
  return lines
    .slice(0, -1)
    .filter((line) => line.startsWith(`${nonce} `))
    .map((line) => line.slice(nonce.length + 1).split(" "));
}

/** Whether the script came to its end. */
export const isWhole = (frames: readonly (readonly string[])[]): boolean => frames.at(-1)?.[0] === "end";

/** @returns the bytes of a base64 word */
export const decodeBytes = (word: string | undefined): Buffer =>
  word === undefined || word === "-" ? Buffer.alloc(0) : Buffer.from(word, "base64");

/** Text for people: no control characters but newline and tab. */
export const decodeText = (word: string | undefined): string =>
  decodeBytes(word)
    .toString("utf8")
    .replace(/[^\P{Cc}\n\t]/gu, "")
    .trim();
