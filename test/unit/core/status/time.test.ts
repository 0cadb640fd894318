import fc from "fast-check";
import { expect, test } from "vitest";
import { instant } from "../../../../src/core/instant.ts";
import { fromTime, toTime } from "../../../../src/core/status/time.ts";

const seconds = fc.integer({ min: -6e10, max: 2e11 });

test("writes any second between the years 100 and 8000 as the platform's own calendar does, and reads it back", () => {
  fc.assert(
    fc.property(seconds, (second) => {
      const at = instant(second * 1000);
      expect(toTime(at)).toBe(new Date(at).toISOString().replace(".000", ""));
      expect(fromTime(toTime(at))).toBe(at);
    }),
    { numRuns: 2000 },
  );
});

test("reads offsets and fractions", () => {
  expect(fromTime("2026-03-01T00:30:00.250+01:00")).toBe(Date.parse("2026-02-28T23:30:00.250Z"));
});

test("refuses what is not RFC 3339", () => {
  expect(() => fromTime("2026-03-01 00:30")).toThrow('not an RFC 3339 time: "2026-03-01 00:30"');
});
