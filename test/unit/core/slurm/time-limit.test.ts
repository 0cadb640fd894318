import { describe, expect, it } from "vitest";
import { DirectiveError } from "../../../../src/core/slurm/directive-error.ts";
import { formatTimeLimit, parseDuration, parseTimeLimit } from "../../../../src/core/slurm/time-limit.ts";

describe("--time", () => {
  it.each([
    ["5", 5],
    ["5:30", 6],
    ["5:99", 7],
    ["1:02:03", 63],
    ["1-", 1440],
    ["1-2", 1560],
    ["1-2:3", 1563],
    ["1-2:3:4", 1564],
    ["00:00:30", 1],
    ["71582787", 71_582_787],
    ["0", undefined],
    ["0:0:0", undefined],
    ["-1", undefined],
    ["infinite", undefined],
    ["UNLIMITED", undefined],
  ])("%s is %s minutes", (text, minutes) => {
    expect(parseTimeLimit(text)).toBe(minutes);
  });

  it.each(["", "90s", "5:", ":30", "1:2:3:4", "1-2:", "1:2-3", "1--2", "-5", " 5", "+5", "1.5", "inf"])(
    "%j is refused",
    (text) => {
      expect(() => parseTimeLimit(text)).toThrow(DirectiveError);
    },
  );

  it("is refused where sbatch's seconds overflow and the limit would become UNLIMITED", () => {
    expect(() => parseTimeLimit("71582788")).toThrow(
      '"71582788" is more than the 71582787 minutes that sbatch can count; use UNLIMITED',
    );
  });

  it("comes back as at least the seconds asked for", () => {
    for (const seconds of [1, 59, 60, 61, 3600, 86_401]) {
      const minutes = parseTimeLimit(formatTimeLimit(seconds));
      expect(minutes).toBe(Math.ceil(seconds / 60));
    }
  });
});

it("a duration keeps its seconds", () => {
  expect([parseDuration("5:30"), parseDuration("1-2:3:4"), parseDuration("0"), parseDuration("-1")]).toEqual([
    330,
    93_784,
    0,
    undefined,
  ]);
});
