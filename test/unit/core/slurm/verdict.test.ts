import { describe, expect, test } from "vitest";
import { endOf, type Evidence, type Verdict } from "../../../../src/core/slurm/verdict.ts";
import type { BaseState } from "../../../../src/core/slurm/job-state.ts";
import { aMark, aRow } from "./job-row-builder.ts";

const turnedAwayCode = 113;
const judge = (given: Partial<Evidence>): Verdict =>
  endOf({
    row: undefined,
    accounting: undefined,
    mark: undefined,
    cancelled: false,
    waitsOver: false,
    turnedAwayCode,
    ...given,
  });

const exit = (code: number, signal = 0) => ({ code, signal });
const exited = (code: number) => aMark({ is: "exited", code });
const terminated = (code: number) => aMark({ is: "exited", code, terminated: true });

describe("how a job ended", () => {
  // Slurm's word and exit, the mark, and what is reported.
  test.each([
    ["COMPLETED", exit(0), exited(0), "COMPLETED", exit(0)],
    ["COMPLETED", exit(0), exited(3), "FAILED", exit(3)],
    ["COMPLETED", exit(0), undefined, "COMPLETED", exit(0)],
    ["FAILED", exit(7), exited(7), "FAILED", exit(7)],
    ["FAILED", exit(7), undefined, "FAILED", exit(7)],
    ["FAILED", exit(0, 11), exited(139), "FAILED", exit(139, 11)],
    ["FAILED", exit(0, 53), undefined, "FAILED", exit(0, 53)],
    ["FAILED", exit(0, 53), exited(0), "COMPLETED", exit(0, 53)],
    ["NODE_FAIL", exit(0), exited(0), "COMPLETED", exit(0)],
    ["NODE_FAIL", exit(0), exited(1), "NODE_FAIL", exit(1)],
    ["NODE_FAIL", exit(0), undefined, "NODE_FAIL", undefined],
    ["NODE_FAIL", exit(0, 1), undefined, "NODE_FAIL", undefined],
    ["NODE_FAIL", exit(0, 1), exited(1), "NODE_FAIL", exit(1)],
    ["TIMEOUT", exit(0), terminated(143), "TIMEOUT", exit(143)],
    ["TIMEOUT", exit(0), terminated(0), "TIMEOUT", exit(0)],
    ["TIMEOUT", exit(0), exited(143), "TIMEOUT", exit(143)],
    ["TIMEOUT", exit(0), exited(0), "COMPLETED", exit(0)],
    ["CANCELLED", exit(0), terminated(143), "CANCELLED", exit(143)],
    ["CANCELLED", exit(0), terminated(0), "CANCELLED", exit(0)],
    ["CANCELLED", exit(0), undefined, "CANCELLED", exit(0)],
    ["PREEMPTED", exit(0), terminated(0), "PREEMPTED", exit(0)],
    ["DEADLINE", exit(0), undefined, "DEADLINE", exit(0)],
    ["BOOT_FAIL", exit(0), undefined, "BOOT_FAIL", undefined],
    ["OUT_OF_MEMORY", exit(0, 125), exited(137), "OUT_OF_MEMORY", exit(137, 125)],
    ["OUT_OF_MEMORY", exit(0, 125), exited(0), "OUT_OF_MEMORY", exit(0, 125)],
  ] as const)("Slurm says %s %o, the mark %o: %s", (...line) => {
    const [state, slurmExit, mark, reported, reportedExit] = line;
    const row = aRow({ state, exit: slurmExit });
    expect(judge({ row, mark })).toEqual({ is: "ended", state: reported, exit: reportedExit, how: "Slurm" });
    expect(judge({ accounting: row, mark })).toEqual({
      is: "ended",
      state: reported,
      exit: reportedExit,
      how: "Accounting",
    });
  });

  test.each<[BaseState, readonly ["COMPLETING"] | readonly []]>([
    ["PENDING", []],
    ["RUNNING", []],
    ["SUSPENDED", []],
    ["FAILED", ["COMPLETING"]],
  ])("a row that says %s %o lives, whatever mark and accounting say", (state, flags) => {
    const evidence = { mark: exited(0), accounting: aRow({ state: "COMPLETED" }), waitsOver: true };
    expect(judge({ row: aRow({ state, flags }), ...evidence })).toEqual({ is: "live", state });
  });

  test("squeue is believed before accounting", () => {
    const seen = { row: aRow({ state: "TIMEOUT" }), accounting: aRow({ state: "FAILED", exit: exit(1) }) };
    expect(judge(seen)).toEqual({ is: "ended", state: "TIMEOUT", exit: undefined, how: "Slurm" });
  });

  test("an unknown word changes nothing: the job lives on", () => {
    expect(judge({ row: aRow({ state: "RUNNING", unknownWord: "HIBERNATING" }) })).toEqual({
      is: "live",
      state: "RUNNING",
    });
  });

  describe("the fence", () => {
    test("what was turned away did not run, whatever Slurm calls it", () => {
      for (const state of ["FAILED", "CANCELLED", "COMPLETED"] as const) {
        expect(judge({ row: aRow({ state }), mark: aMark({ is: "turnedAway" }) })).toEqual({
          is: "didNotRun",
        });
      }
      expect(judge({ mark: aMark({ is: "turnedAway" }) })).toEqual({ is: "didNotRun" });
    });

    test("where no mark can be seen, the launcher's own exit code tells", () => {
      expect(judge({ row: aRow({ state: "FAILED", exit: exit(turnedAwayCode) }) })).toEqual({
        is: "didNotRun",
      });
    });

    test("a script that itself ends with that code did run", () => {
      const seen = {
        row: aRow({ state: "FAILED", exit: exit(turnedAwayCode) }),
        mark: exited(turnedAwayCode),
      };
      expect(judge(seen)).toEqual({ is: "ended", state: "FAILED", exit: exit(turnedAwayCode), how: "Slurm" });
    });
  });

  describe("a mark of an earlier run", () => {
    test("does not count for a run that could not be started", () => {
      const seen = { row: aRow({ state: "FAILED", exit: exit(0, 53), restarts: 1 }), mark: exited(0) };
      expect(judge(seen)).toEqual({ is: "ended", state: "FAILED", exit: exit(0, 53), how: "Slurm" });
    });

    test.each([1, 0])(
      "stands when the later run was turned away, because the token had been closed (restarts %i)",
      (restarts) => {
        const row = aRow({ state: "FAILED", exit: exit(turnedAwayCode), restarts });
        expect(judge({ row, mark: exited(0) })).toEqual({
          is: "ended",
          state: "COMPLETED",
          exit: exit(0),
          how: "Mark",
        });
      },
    );
  });

  describe("a repeated run that was cancelled before it began", () => {
    const row = aRow({ state: "CANCELLED", exit: exit(0, 15), restarts: 1 });

    test.each([
      [exited(0), false, "COMPLETED"],
      [exited(3), false, "FAILED"],
      [exited(3), true, "CANCELLED"],
      [terminated(143), false, "CANCELLED"],
    ] as const)(
      "leaves the end of the run before: the mark %o (cancelled by us: %s) is %s",
      (mark, cancelled, state) => {
        expect(judge({ row, mark, cancelled })).toMatchObject({ is: "ended", state, how: "Mark" });
      },
    );

    test("is cancelled where no run before it ended", () => {
      expect(judge({ row })).toMatchObject({ is: "ended", state: "CANCELLED", how: "Slurm" });
    });
  });

  describe("without a word of Slurm", () => {
    test("accounting that still says RUNNING of a job that squeue lacks is no word: slurmctld may have lost it", () => {
      const accounting = aRow({ state: "RUNNING" });
      expect(judge({ accounting })).toEqual({ is: "unknown" });
      expect(judge({ accounting, waitsOver: true })).toEqual({ is: "lost" });
      expect(judge({ accounting, mark: exited(3) })).toEqual({
        is: "ended",
        state: "FAILED",
        exit: exit(3),
        how: "Mark",
      });
    });

    test.each([
      [exited(0), false, "COMPLETED", exit(0)],
      [exited(0), true, "COMPLETED", exit(0)],
      [exited(7), false, "FAILED", exit(7)],
      [exited(143), true, "CANCELLED", exit(143)],
      [terminated(143), false, "CANCELLED", exit(143)],
      [terminated(0), true, "CANCELLED", exit(0)],
    ] as const)("the mark %o (cancelled: %s) is %s", (mark, cancelled, state, reportedExit) => {
      expect(judge({ mark, cancelled })).toEqual({ is: "ended", state, exit: reportedExit, how: "Mark" });
    });

    test("nothing is concluded until the waits are over", () => {
      expect(judge({})).toEqual({ is: "unknown" });
      expect(judge({ cancelled: true })).toEqual({ is: "unknown" });
    });

    test("then it is cancelled if we asked for that, else lost", () => {
      expect(judge({ waitsOver: true, cancelled: true })).toEqual({
        is: "ended",
        state: "CANCELLED",
        exit: undefined,
        how: "Cancel",
      });
      expect(judge({ waitsOver: true })).toEqual({ is: "lost" });
    });
  });
});
