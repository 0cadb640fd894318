import { expect, test } from "vitest";

import { decodeText, isWhole, readFrames } from "../../../../../src/backends/slurm/wrapper/frames.ts";

test("only whole lines with the nonce are answers", () => {
  const stdout =
    "Welcome to the cluster\nbw1 a new 7 -\nbw2 a new 8 -\n bw1 a new 9 -\nxbw1 b\nbw1 b look - -\nbw1 c new 12";
  expect(readFrames(stdout, "bw1")).toEqual([
    ["a", "new", "7", "-"],
    ["b", "look", "-", "-"],
  ]);
});

test("an answer is whole when the script came to its end", () => {
  expect([readFrames("bw1 a\nbw1 end\n", "bw1"), readFrames("bw1 end", "bw1"), []].map(isWhole)).toEqual([
    true,
    false,
    false,
  ]);
});

test("text for people has no control characters", () => {
  const word = Buffer.from("sbatch: \u001B[31merror\r\n\tno\u0000 Å\n").toString("base64");
  expect([decodeText(word), decodeText("-"), decodeText(undefined)]).toEqual([
    "sbatch: [31merror\n\tno Å",
    "",
    "",
  ]);
});
