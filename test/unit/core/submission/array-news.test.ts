import { describe, expect, test } from "vitest";
import type { JobSubmissionStatus } from "../../../../src/api/v1alpha1/job-submission-status.ts";
import { instant } from "../../../../src/core/instant.ts";
import type { JobRow } from "../../../../src/core/slurm/job-row.ts";
import { attempt, decided, look, now, row, submission } from "./world.ts";

const tasks = 10_000;
const array = (status: JobSubmissionStatus = {}) =>
  submission({
    phase: "Submitted",
    jobId: "7",
    attempts: [attempt({ jobId: "7" })],
    effectiveOptions: [{ option: "array", value: `0-${tasks - 1}`, from: "Submission" }],
    ...status,
  });

/** `done` tasks are over, the next `runs` run, the rest waits. */
const rowsAt = (done: number, runs: number, failsAt: (index: number) => boolean = () => false): JobRow[] => [
  ...(done + runs < tasks
    ? [row({ taskIndexes: `${done + runs}-${tasks - 1}`, state: "PENDING", startedAt: undefined, nodes: "" })]
    : []),
  ...Array.from({ length: done }, (_, index) =>
    failsAt(index)
      ? row({ taskIndexes: String(index), state: "FAILED", exit: { code: 7, signal: 0 }, endedAt: now })
      : row({ taskIndexes: String(index), state: "COMPLETED", exit: { code: 0, signal: 0 }, endedAt: now }),
  ),
  ...Array.from({ length: runs }, (_, n) => row({ taskIndexes: String(done + n) })),
];

/** Looks each 30 s, and writes when the decision says so. @returns what was written, with the look's number */
function follow(looks: readonly (readonly JobRow[])[]): { at: number; status: JobSubmissionStatus }[] {
  const writes: { at: number; status: JobSubmissionStatus }[] = [];
  let status: JobSubmissionStatus = array().status;
  looks.forEach((rows, at) => {
    const moment = instant(now + at * 30_000);
    const step = decided({
      submission: array(status),
      now: moment,
      latest: { ...look(rows, { tick: at + 1 }), begun: moment },
    });
    if (step.do !== "write") return;
    status = step.status;
    writes.push({ at, status });
  });
  return writes;
}

describe("the status of an array of 10,000 tasks that moves at each look", () => {
  test("is written with progress and every ten minutes, not at each look", () => {
    const looks = Array.from({ length: 95 }, (_, n) => rowsAt(n * 100, 100));
    const writes = follow(looks);
    // 48 minutes: nine tenths of progress, and the beginning.
    expect(writes.map(({ at }) => at)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect(writes.at(-1)?.status.array).toEqual({
      tasks,
      states: [
        { state: "PENDING", count: 900, indexes: "9100-9999" },
        { state: "RUNNING", count: 100, indexes: "9000-9099" },
        { state: "COMPLETED", count: 9000, indexes: "0-8999" },
      ],
      updatedAt: "2026-11-22T12:45:00Z",
    });
  });

  test("a slow one is written every ten minutes", () => {
    const writes = follow(Array.from({ length: 61 }, (_, n) => rowsAt(n, 1)));
    expect(writes.map(({ at }) => at)).toEqual([0, 20, 40, 60]);
  });

  test("tells its first start and its first failure at once, and more failures within a minute", () => {
    const failsAt = (index: number) => index === 3 || index > 5;
    const looks = [rowsAt(0, 0), ...Array.from({ length: 9 }, (_, n) => rowsAt(n, 1, failsAt))];
    const writes = follow(looks);
    expect(writes.map(({ at }) => at)).toEqual([0, 1, 5, 8]);
    expect(writes[2]?.status.array?.failed).toEqual([{ index: 3, state: "FAILED", exitCode: 7, signal: 0 }]);
  });

  test("is written at once when what is stored seems to be of the future: the clock was set back", () => {
    const told = follow([rowsAt(10, 5)])[0]?.status ?? {};
    const earlier = instant(now - 3_600_000);
    const step = decided({
      submission: array(told),
      now: earlier,
      latest: look(rowsAt(11, 5), { tick: 2 }),
    });
    expect(step).toMatchObject({ do: "write", status: { array: { updatedAt: "2026-11-22T11:00:00Z" } } });
  });

  test("what is held back is looked at when it is due", () => {
    const told = follow([rowsAt(10, 5)])[0]?.status ?? {};
    const latest = { ...look(rowsAt(11, 5), { tick: 2 }), begun: instant(now + 30_000) };
    expect(decided({ submission: array(told), now: latest.begun, latest })).toEqual({
      do: "wait",
      ms: 570_000,
    });
  });
});
