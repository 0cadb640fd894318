import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nextTick, type Pace } from "../../../../../src/backends/slurm/poll/tick-schedule.ts";

const rhythm = { interval: 30_000, floor: 2_000, longestPause: 60_000 };
const calm: Pace = {
  last: 100_000,
  failures: 0,
  sinceHurry: 20,
  nextEnd: undefined,
  isSuspicious: false,
  jitter: 0,
};

describe("when the next question is due", () => {
  test.each([
    ["after the interval when nothing is expected", calm, 130_000],
    ["up to a tenth later, so that clusters are not asked in step", { ...calm, jitter: 1 }, 133_000],
    ["at the floor after a hurry", { ...calm, sinceHurry: 0 }, 102_000],
    ["then in doubling pauses", { ...calm, sinceHurry: 2 }, 108_000],
    ["until the interval is reached", { ...calm, sinceHurry: 4 }, 130_000],
    ["just after a job reaches its limit", { ...calm, nextEnd: 110_000 }, 111_000],
    ["not under the floor for a limit that has just passed", { ...calm, nextEnd: 100_100 }, 102_000],
    ["at the floor when the last answer could not be believed", { ...calm, isSuspicious: true }, 102_000],
    ["soon after a first failure", { ...calm, failures: 1 }, 102_000],
    ["later after each further one", { ...calm, failures: 4 }, 116_000],
    ["at most after the longest pause", { ...calm, failures: 1_000 }, 160_000],
    ["no sooner for a hurry while it fails", { ...calm, failures: 1_000, sinceHurry: 0 }, 160_000],
  ])("%s", (_, pace, due) => {
    expect(nextTick(rhythm, pace)).toBe(due);
  });

  test("never under the site's floor, never later than the longest of interval and pause allow", () => {
    const pace = fc.record({
      last: fc.nat(1_000_000),
      failures: fc.nat(100),
      sinceHurry: fc.nat(100),
      nextEnd: fc.option(fc.nat(2_000_000), { nil: undefined }),
      isSuspicious: fc.boolean(),
      jitter: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    const times = fc.record({
      interval: fc.nat(600_000),
      floor: fc.integer({ min: 200, max: 120_000 }),
      longestPause: fc.nat(600_000),
    });
    fc.assert(
      fc.property(times, pace, (some, at) => {
        const pause = nextTick(some, at) - at.last;
        expect(pause).toBeGreaterThanOrEqual(some.floor);
        expect(pause).toBeLessThanOrEqual(Math.max(some.interval, some.longestPause, some.floor) * 1.1 + 1);
      }),
    );
  });
});
