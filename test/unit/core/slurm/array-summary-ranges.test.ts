import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  readIndexes,
  writeEachIndexes,
  writeIndexes,
} from "../../../../src/core/slurm/array-summary-ranges.ts";

const ascending = fc
  .uniqueArray(fc.nat(4_000_000), { maxLength: 200 })
  .map((all) => all.sort((a, b) => a - b));

describe("index ranges", () => {
  test("what is written is read back", () => {
    fc.assert(
      fc.property(ascending, (indexes) => {
        fc.pre(indexes.length > 0);
        expect(readIndexes(writeIndexes(indexes, 100_000))).toEqual(indexes);
      }),
    );
  });

  test("a text is never longer than allowed, and what is left of it is a beginning", () => {
    fc.assert(
      fc.property(ascending, fc.integer({ min: 12, max: 300 }), (indexes, maxLength) => {
        const text = writeIndexes(indexes, maxLength);
        expect(text.length).toBeLessThanOrEqual(maxLength);
        const kept = text.replace(/,?\.\.\.$/u, "");
        const read = kept === "" ? [] : readIndexes(kept);
        expect(read).toEqual(indexes.slice(0, read?.length));
      }),
    );
  });

  test.each([
    ["6-200:2", Array.from({ length: 98 }, (_, n) => 6 + 2 * n)],
    ["0-3,7", [0, 1, 2, 3, 7]],
    ["5", [5]],
    ["10-20:5", [10, 15, 20]],
  ])("%s as Slurm writes it", (text, indexes) => {
    expect(readIndexes(text)).toEqual(indexes);
  });

  test.each(["", "0,2,4,...", "a", "1-", "4000001", "0-5:0", "1,,2"])("%j is no list", (text) => {
    expect(readIndexes(text)).toBeUndefined();
  });

  test.each([
    [[0, 2, 4, 6, 8], "0-8:2"],
    [[0, 1, 2, 3, 7, 8], "0-3,7-8"],
    [[0, 2, 4], "0,2,4"],
    [[100, 150, 200, 250], "100-250:50"],
    [[0, 2, 4, 6, 7, 8, 9], "0-6:2,7-9"],
    [[5], "5"],
    [[], ""],
  ])("%j in the shortest of Slurm's forms", (indexes, text) => {
    expect(writeIndexes(indexes)).toBe(text);
  });

  test("several lists share what room there is: the short ones are whole", () => {
    const long = Array.from({ length: 500 }, (_, n) => n * n);
    const texts = writeEachIndexes([[1, 2, 3], long, long], 200);
    expect(texts.map(({ count }) => count)).toEqual([3, 500, 500]);
    expect(texts[0]?.indexes).toBe("1-3");
    for (const { indexes } of texts.slice(1)) {
      expect(indexes.length).toBeLessThanOrEqual(98);
      expect(indexes).toMatch(/^0-1,4,9,16,.*,\.\.\.$/u);
    }
  });

  test("a list beyond the limit is none", () => {
    expect(readIndexes("0-9", 10)).toHaveLength(10);
    expect(readIndexes("0-10", 10)).toBeUndefined();
  });
});
