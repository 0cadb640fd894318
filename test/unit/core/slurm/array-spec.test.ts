import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countIndexes, expandIndexes, parseArraySpec } from "../../../../src/core/slurm/array-spec.ts";

describe("--array", () => {
  it("has indexes, ranges, steps and a limit", () => {
    const spec = parseArraySpec("0,3-5,10-20:5%2");
    expect(spec).toEqual({
      ranges: [
        { first: 0, last: 0, step: 1 },
        { first: 3, last: 5, step: 1 },
        { first: 10, last: 20, step: 5 },
      ],
      limit: 2,
    });
    expect(expandIndexes(spec)).toEqual([0, 3, 4, 5, 10, 15, 20]);
    expect(countIndexes(spec)).toBe(7);
  });

  it("counts an index once that two ranges name", () => {
    const spec = parseArraySpec("1-5,3-7,5");
    expect(expandIndexes(spec)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(countIndexes(spec)).toBe(7);
  });

  it.each([
    ["", "is no list of array indexes"],
    ["x", "is no list of array indexes"],
    ["1-", "is no list of array indexes"],
    ["1,,2", "is no list of array indexes"],
    ["-1", "is no list of array indexes"],
    ["1:2", "is no list of array indexes"],
    ["5-3", "runs backwards"],
    ["1-9:0", "step 0"],
    ["1-9%0", "has no proper limit"],
    ["1-9%", "has no proper limit"],
    ["1%2%3", "has no proper limit"],
    ["4000001", "the highest that MaxArraySize allows is 4000000"],
    [`${"0-4000000,".repeat(3)}0`, "lists more than 4000001 indexes"],
  ])("%j is refused: %s", (text, why) => {
    expect(() => parseArraySpec(text)).toThrow(why);
  });

  it("stays below the cluster's MaxArraySize", () => {
    expect(parseArraySpec("0-1000", 1001).ranges).toHaveLength(1);
    expect(() => parseArraySpec("0-1001", 1001)).toThrow(
      '"0-1001" has the index 1001; the highest that MaxArraySize allows is 1000',
    );
  });

  it("counts as many indexes as it expands to", () => {
    const range = fc
      .tuple(fc.nat(60), fc.nat(40), fc.integer({ min: 1, max: 7 }))
      .map(([first, length, step]) => `${first}-${first + length}:${step}`);
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 5 }), (ranges) => {
        const spec = parseArraySpec(ranges.join(","));
        expect(countIndexes(spec)).toBe(expandIndexes(spec).length);
      }),
    );
  });
});
