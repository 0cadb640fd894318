import { describe, expect, test } from "vitest";
import { instant } from "../../../../src/core/instant.ts";
import { summariseArray, type ArraySummary } from "../../../../src/core/slurm/array-summary.ts";
import { rememberEnds } from "../../../../src/core/slurm/array-summary-ends.ts";
import type { ArrayEvidence } from "../../../../src/core/slurm/array-summary-evidence.ts";
import type { JobRow } from "../../../../src/core/slurm/job-row.ts";
import type { BaseState } from "../../../../src/core/slurm/job-state.ts";
import { aMark, aRow } from "./job-row-builder.ts";

const summarise = (given: Partial<ArrayEvidence>): ArraySummary =>
  summariseArray({
    indexes: [0, 1, 2, 3],
    rows: [],
    accounting: [],
    exits: [],
    remembered: new Map(),
    cancelled: false,
    waitsOver: false,
    turnedAwayCode: 113,
    ...given,
  });

const task = (taskIndexes: string, state: BaseState, given: Partial<JobRow> = {}): JobRow =>
  aRow({ taskIndexes, state, ...given });
const failed = (index: string, code: number): JobRow => task(index, "FAILED", { exit: { code, signal: 0 } });
const done = (index: string): JobRow => task(index, "COMPLETED", { exit: { code: 0, signal: 0 } });

describe("an array", () => {
  test("that waits as a whole is one row", () => {
    expect(summarise({ rows: [task("0-3", "PENDING", { startedAt: undefined })] })).toEqual({
      overall: { is: "live", state: "PENDING" },
      states: [{ state: "PENDING", count: 4, indexes: "0-3" }],
      ended: [],
      failures: { tasks: [], more: 0 },
      startedAt: undefined,
      endedAt: undefined,
    });
  });

  test("in the middle of its life: every task in exactly one state", () => {
    const rows = [
      task("3", "PENDING"),
      task("1", "RUNNING", { startedAt: instant(3_000) }),
      task("0", "COMPLETED", { startedAt: instant(2_000), endedAt: instant(4_000) }),
      task("2", "RUNNING", { startedAt: instant(5_000) }),
    ];
    expect(summarise({ rows })).toEqual({
      overall: { is: "live", state: "RUNNING" },
      states: [
        { state: "PENDING", count: 1, indexes: "3" },
        { state: "RUNNING", count: 2, indexes: "1-2" },
        { state: "COMPLETED", count: 1, indexes: "0" },
      ],
      ended: [{ index: 0, state: "COMPLETED", exit: undefined }],
      failures: { tasks: [], more: 0 },
      startedAt: instant(2_000),
      endedAt: instant(4_000),
    });
  });

  test("a started task's own row goes before the list of the pending rest", () => {
    const rows = [task("0-3", "PENDING"), task("2", "RUNNING")];
    expect(summarise({ rows }).states).toEqual([
      { state: "PENDING", count: 3, indexes: "0-1,3" },
      { state: "RUNNING", count: 1, indexes: "2" },
    ]);
  });

  test("that has begun runs until its last task has ended, also while none runs", () => {
    expect(summarise({ rows: [done("0"), task("1-3", "PENDING")] }).overall).toEqual({
      is: "live",
      state: "RUNNING",
    });
  });

  test("of which two tasks are run again: the others keep their end, and the worst of all is the end of the whole", () => {
    const settled = [
      { index: 0, state: "COMPLETED", exit: undefined },
      { index: 2, state: "TIMEOUT", exit: { code: 0, signal: 15 } },
    ] as const;
    // A list that Slurm cut stands for tasks that were asked for, and for no others.
    expect(summarise({ indexes: [1, 3], settled, rows: [task("1,...", "PENDING")] })).toMatchObject({
      overall: { is: "live", state: "PENDING" },
      states: [
        { state: "PENDING", count: 2, indexes: "1,3" },
        { state: "COMPLETED", count: 1, indexes: "0" },
        { state: "TIMEOUT", count: 1, indexes: "2" },
      ],
    });
    expect(summarise({ indexes: [1, 3], settled, rows: [task("3", "PENDING"), done("1")] }).overall).toEqual({
      is: "live",
      state: "RUNNING",
    });
    expect(summarise({ indexes: [1, 3], settled, rows: [done("1"), done("3")] })).toMatchObject({
      overall: { is: "ended", state: "TIMEOUT", exit: { code: 0, signal: 15 }, index: 2 },
      states: [
        { state: "COMPLETED", count: 3, indexes: "0-1,3" },
        { state: "TIMEOUT", count: 1, indexes: "2" },
      ],
      failures: { tasks: [{ index: 2, state: "TIMEOUT" }], more: 0 },
    });
  });

  test("a list that Slurm cut stands for all tasks without a row: none of them is missing", () => {
    expect(summarise({ rows: [task("1,3,...", "PENDING"), done("0")] }).states).toEqual([
      { state: "PENDING", count: 3, indexes: "1-3" },
      { state: "COMPLETED", count: 1, indexes: "0" },
    ]);
  });

  test("all tasks completed", () => {
    expect(summarise({ rows: ["0", "1", "2", "3"].map(done) }).overall).toEqual({
      is: "ended",
      state: "COMPLETED",
      exit: { code: 0, signal: 0 },
      index: 0,
    });
  });

  test("the worst end counts, with the exit of the first task that ended so", () => {
    const rows = [task("0", "TIMEOUT"), done("1"), failed("3", 9), failed("2", 7)];
    expect(summarise({ rows }).overall).toEqual({
      is: "ended",
      state: "FAILED",
      exit: { code: 7, signal: 0 },
      index: 2,
    });
  });

  test("purged tasks are found in accounting, and where there is none, by their marks", () => {
    const seen = summarise({
      rows: [done("0")],
      accounting: [failed("1", 3)],
      exits: [
        aMark({ is: "exited", code: 0 }, { taskIndex: 2 }),
        aMark({ is: "exited", code: 4 }, { taskIndex: 3, at: instant(11_000) }),
      ],
    });
    expect(seen.states).toEqual([
      { state: "COMPLETED", count: 2, indexes: "0,2" },
      { state: "FAILED", count: 2, indexes: "1,3" },
    ]);
    expect(seen.overall).toEqual({ is: "ended", state: "FAILED", exit: { code: 3, signal: 0 }, index: 1 });
    expect(seen.endedAt).toBe(instant(11_000));
  });

  test("tasks without a trace are unknown first, and nothing is concluded", () => {
    const seen = summarise({ rows: [done("0"), done("1")] });
    expect(seen.states).toEqual([
      { state: "COMPLETED", count: 2, indexes: "0-1" },
      { state: "UNKNOWN", count: 2, indexes: "2-3" },
    ]);
    expect(seen.overall).toEqual({ is: "unknown" });
  });

  test("when the waits are over they are cancelled if we asked for that: Slurm keeps no trace of them", () => {
    const seen = summarise({ rows: [done("0"), task("1", "CANCELLED")], cancelled: true, waitsOver: true });
    expect(seen.states).toEqual([
      { state: "COMPLETED", count: 1, indexes: "0" },
      { state: "CANCELLED", count: 3, indexes: "1-3" },
    ]);
    expect(seen.overall).toEqual({ is: "ended", state: "CANCELLED", exit: undefined, index: 1 });
  });

  test("or if Slurm still shows that the rest was, as a row without a list", () => {
    const rows = [done("0"), aRow({ state: "CANCELLED" })];
    expect(summarise({ rows }).overall).toEqual({ is: "unknown" });
    expect(summarise({ rows, waitsOver: true }).states).toEqual([
      { state: "COMPLETED", count: 1, indexes: "0" },
      { state: "CANCELLED", count: 3, indexes: "1-3" },
    ]);
  });

  test("and lost if we did not", () => {
    const seen = summarise({ rows: [done("0"), done("1"), done("2")], waitsOver: true });
    expect(seen.states.at(-1)).toEqual({ state: "LOST", count: 1, indexes: "3" });
    expect(seen.overall).toEqual({ is: "lost" });
  });

  test("cancelled by us goes before what failed earlier", () => {
    const rows = [failed("0", 1), task("1-3", "CANCELLED")];
    expect(summarise({ rows, cancelled: true }).overall).toMatchObject({ is: "ended", state: "CANCELLED" });
    expect(summarise({ rows }).overall).toMatchObject({ is: "ended", state: "FAILED" });
  });

  test("an end that was reported once is remembered when all else has been purged", () => {
    const remembered = rememberEnds({
      states: [
        { state: "COMPLETED", indexes: "0-1" },
        { state: "RUNNING", indexes: "2" },
        { state: "FAILED", indexes: "3,..." },
      ],
      failed: [{ index: 3, exitCode: 7, signal: 0 }],
    });
    const seen = summarise({ rows: [task("2", "RUNNING")], remembered });
    expect(seen.states).toEqual([
      { state: "RUNNING", count: 1, indexes: "2" },
      { state: "COMPLETED", count: 2, indexes: "0-1" },
      { state: "FAILED", count: 1, indexes: "3" },
    ]);
    expect(seen.failures).toEqual({
      tasks: [{ index: 3, state: "FAILED", exit: { code: 7, signal: 0 } }],
      more: 0,
    });
  });

  test("of which every task was turned away did not run", () => {
    const exits = [0, 1, 2, 3].map((taskIndex) => aMark({ is: "turnedAway" }, { taskIndex }));
    expect(summarise({ exits }).overall).toEqual({ is: "didNotRun" });
  });

  test("rows of tasks that nobody asked for change nothing", () => {
    expect(summarise({ indexes: [5], rows: [done("5"), failed("6", 1)] }).states).toEqual([
      { state: "COMPLETED", count: 1, indexes: "5" },
    ]);
  });
});
