import fc from "fast-check";
import { expect, test } from "vitest";
import { compareDecimals, isDecimal } from "../../../../src/core/template/decimal.ts";

test.each([
  ["1", "2", -1],
  ["-1", "-2", 1],
  ["-1", "1", -1],
  ["0", "-0.000", 0],
  ["0.1", "1e-1", 0],
  ["1.50", "1.5", 0],
  ["+5", "005.", 0],
  [".5", "0.5", 0],
  ["90071992547409931", "90071992547409930", 1],
  ["0.30000000000000001", "0.3", 1],
  ["1e400", "2e400", -1],
  ["1e-400", "0", 1],
  ["100", "99.999", 1],
  ["0.0099", "0.01", -1],
])("%s against %s is %i", (a, b, sign) => {
  expect(Math.sign(compareDecimals(a, b))).toBe(sign);
});

test("orders any two integers times powers of ten as exact arithmetic does", () => {
  const number = fc.tuple(
    fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
    fc.integer({ min: 0, max: 20 }),
  );
  fc.assert(
    fc.property(number, number, ([a, powerA], [b, powerB]) => {
      const [left, right] = [a * 10n ** BigInt(powerA), b * 10n ** BigInt(powerB)];
      const expected = left < right ? -1 : left > right ? 1 : 0;
      expect(Math.sign(compareDecimals(`${a}e${powerA}`, `${b}e${powerB}`))).toBe(expected);
    }),
    { numRuns: 2000 },
  );
});

test("tells numbers from other text", () => {
  const texts = [
    "",
    ".",
    "1",
    "-1.5e-3",
    "1e",
    "0x10",
    "1_000",
    "NaN",
    "Infinity",
    " 1",
    "1,5",
    "1e9999999999",
  ];
  expect(texts.filter(isDecimal)).toEqual(["1", "-1.5e-3"]);
  expect(() => compareDecimals("1", "x")).toThrow("not a decimal number: x");
});

test("a long text that is no number is refused at once", () => {
  const started = performance.now();
  expect(isDecimal(`${"1".repeat(32_000)}x`)).toBe(false);
  expect(performance.now() - started).toBeLessThan(500);
});
