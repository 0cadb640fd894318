import fc from "fast-check";
import { expect, test } from "vitest";
import { readIndexes } from "../../../../src/core/slurm/array-summary-ranges.ts";
import { baseStates } from "../../../../src/core/slurm/job-state.ts";
import { detailsOf } from "../../../../src/core/submission/details.ts";
import { pictureOf } from "../../../../src/core/submission/picture.ts";
import { row } from "./world.ts";

const mostTasks = 10_000;
const indexes = Array.from({ length: mostTasks }, (_, n) => n);

/** A small generator of its own: ten thousand draws of fast-check's would be most of the test's time. */
function* draws(seed: number): Generator<number> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state >>> 8;
  }
}

test("whatever states 10,000 tasks are in, their part of the status is below 16 KiB, and its counts add up", () => {
  const states = fc.subarray([...baseStates], { minLength: 1 });
  fc.assert(
    fc.property(states, fc.nat(2 ** 31), (among, seed) => {
      const draw = draws(seed);
      const rows = indexes.map((index) =>
        row({
          taskIndexes: String(index),
          state: among[Number(draw.next().value) % among.length] ?? "FAILED",
          exit: { code: 255, signal: 0 },
        }),
      );
      const picture = pictureOf({
        rows,
        accounting: [],
        exits: [],
        cancelled: false,
        waitsOver: true,
        turnedAwayCode: 113,
        tasks: { indexes, settled: [] },
        reported: undefined,
      });
      const { array } = detailsOf(picture, {});
      expect(JSON.stringify(array).length).toBeLessThan(16 * 1024);
      expect(array?.states.reduce((sum, { count }) => sum + count, 0)).toBe(mostTasks);
      for (const { state, count, indexes: text } of array?.states ?? []) {
        const listed = readIndexes(text.replace(/,?\.\.\.$/u, "")) ?? [];
        expect(listed.every((index) => rows[index]?.state === state)).toBe(true);
        expect(text.endsWith("...") || listed.length === count).toBe(true);
      }
    }),
    { numRuns: 40 },
  );
});

test("a regular pattern is told whole", () => {
  const rows = indexes.map((index) =>
    row({ taskIndexes: String(index), state: index % 2 === 0 ? "COMPLETED" : "FAILED" }),
  );
  const picture = pictureOf({
    rows,
    accounting: [],
    exits: [],
    cancelled: false,
    waitsOver: true,
    turnedAwayCode: 113,
    tasks: { indexes, settled: [] },
    reported: undefined,
  });
  expect(picture.array?.states.map(({ indexes: text }) => text)).toEqual(["0-9998:2", "1-9999:2"]);
  expect(picture.array?.failures.more).toBe(4900);
});
