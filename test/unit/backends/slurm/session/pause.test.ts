import fc from "fast-check";
import { expect, test } from "vitest";
import {
  defaultPauses,
  pauseAfter,
  pauseAfterLoss,
} from "../../../../../src/backends/slurm/session/pause.ts";

/** Pauses after so many failures in a row, in seconds. */
const pauses = (count: number, wasLastRefused: boolean): number[] =>
  Array.from({ length: count }, (_, index) => {
    const failures = { total: index + 1, refusals: wasLastRefused ? index + 1 : 0, wasLastRefused };
    return pauseAfter(failures, defaultPauses, 0) / 1000;
  });

test("a host that is down is tried again soon, and at least once a minute", () => {
  expect(pauses(9, false)).toEqual([0.5, 1, 2, 4, 8, 16, 32, 60, 60]);
});

test("a key that is refused is left alone for up to a quarter of an hour", () => {
  expect(pauses(5, true)).toEqual([15, 60, 240, 900, 900]);
});

test("a host that is down after it refused the key is tried again soon, and the next refusal counts on", () => {
  const down = { total: 4, refusals: 3, wasLastRefused: false };
  expect(pauseAfter(down, defaultPauses, 0)).toBe(4000);
  expect(pauseAfter({ total: 5, refusals: 4, wasLastRefused: true }, defaultPauses, 0)).toBe(900_000);
});

test("no key is refused five times within ten minutes: fail2ban's usual default would shut the operator out", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 20, maxLength: 20 }),
      (jitters) => {
        let now = 0;
        const refusedAt = jitters.map((jitter, index) => {
          const at = now;
          now += pauseAfter(
            { total: index + 1, refusals: index + 1, wasLastRefused: true },
            defaultPauses,
            jitter,
          );
          return at;
        });
        const spans = refusedAt.slice(4).map((at, index) => at - (refusedAt[index] ?? 0));
        expect(Math.min(...spans)).toBeGreaterThan(600_000);
      },
    ),
  );
});

test("a connection that is lost is opened again at once; those that are lost early again and again are not", () => {
  const losses = (wasLastAnswered: boolean) =>
    Array.from(
      { length: 9 },
      (_, total) => pauseAfterLoss({ total, wasLastAnswered }, defaultPauses, 0) / 1000,
    );
  expect(losses(true)).toEqual([0, 0, 0.5, 1, 2, 4, 5, 5, 5]);
  expect(losses(false)).toEqual([0, 0, 0.5, 1, 2, 4, 8, 16, 32]);
});
