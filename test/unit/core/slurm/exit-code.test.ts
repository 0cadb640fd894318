import { describe, expect, test } from "vitest";
import { exitFromPair, exitFromWaitStatus } from "../../../../src/core/slurm/exit-code.ts";

describe("exit codes", () => {
  test.each([
    [0, { code: 0, signal: 0 }],
    [1792, { code: 7, signal: 0 }],
    [512, { code: 2, signal: 0 }],
    [65_280, { code: 255, signal: 0 }],
    [15, { code: 0, signal: 15 }],
    [139, { code: 0, signal: 11 }],
    [253, { code: 0, signal: 125 }],
    [4021, { code: 0, signal: 53 }],
  ])("raw wait status %d is %o", (status, exit) => {
    expect(exitFromWaitStatus(status)).toEqual(exit);
  });

  test.each([
    ["7:0", { code: 7, signal: 0 }],
    ["0:125", { code: 0, signal: 125 }],
    ["", undefined],
    ["7", undefined],
    ["-1:0", undefined],
  ])("%j of sacct is %o", (text, exit) => {
    expect(exitFromPair(text)).toEqual(exit);
  });
});
