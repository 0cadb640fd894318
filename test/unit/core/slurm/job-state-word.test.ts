import { describe, expect, test } from "vitest";
import { baseStates, stateFlags, type BaseState } from "../../../../src/core/slurm/job-state.ts";
import { readState } from "../../../../src/core/slurm/job-state-word.ts";

describe("a state read from Slurm's text", () => {
  test.each(baseStates)("%s is a base state by itself", (state) => {
    expect(readState(state)).toEqual({ state, flags: [], unknownWord: undefined });
  });

  test.each([
    ["CONFIGURING", "RUNNING"],
    ["POWER_UP_NODE", "RUNNING"],
    ["REQUEUED", "PENDING"],
    ["REQUEUE_FED", "PENDING"],
    ["REQUEUE_HOLD", "PENDING"],
    ["RESV_DEL_HOLD", "PENDING"],
    ["SPECIAL_EXIT", "PENDING"],
    ["RESIZING", "RUNNING"],
    ["SIGNALING", "RUNNING"],
    ["EXPEDITING", "RUNNING"],
    ["STOPPED", "RUNNING"],
  ] as const)("%s stands for %s, whatever the row said before", (flag, state) => {
    expect(readState(flag)).toEqual({ state, flags: [flag], unknownWord: undefined });
    expect(readState(flag, "FAILED")).toEqual({ state, flags: [flag], unknownWord: undefined });
  });

  test.each([
    ["COMPLETING", "RUNNING"],
    ["STAGE_OUT", "RUNNING"],
    ["LAUNCH_FAILED", "PENDING"],
    ["RECONFIG_FAIL", "PENDING"],
    ["GETENV_FAILED", "PENDING"],
    ["UPDATE_DB", "PENDING"],
    ["REVOKED", "PENDING"],
  ] as const)("%s keeps the base of the row before, and without one is %s", (flag, firstGuess) => {
    expect(readState(flag)).toEqual({ state: firstGuess, flags: [flag], unknownWord: undefined });
    for (const previous of baseStates) {
      expect(readState(flag, previous)).toEqual({ state: previous, flags: [flag], unknownWord: undefined });
    }
  });

  test("every flag is in one of the two tables above", () => {
    expect(stateFlags).toHaveLength(18);
  });

  test.each([
    ["CANCELLED by 1001", "CANCELLED", []],
    ["CANCELLED by alice", "CANCELLED", []],
    ["RUNNING,COMPLETING", "RUNNING", ["COMPLETING"]],
    [" TIMEOUT ", "TIMEOUT", []],
  ] as const)("%j of sacct is %s", (text, state, flags) => {
    expect(readState(text)).toEqual({ state, flags, unknownWord: undefined });
  });

  test("REST's list has the base first, and its flags count", () => {
    expect(readState(["FAILED", "REQUEUE_HOLD", "SPECIAL_EXIT"])).toEqual({
      state: "FAILED",
      flags: ["REQUEUE_HOLD", "SPECIAL_EXIT"],
      unknownWord: undefined,
    });
  });

  test.each(["OUT_OF_ME+", "CD", "completed", "", "HIBERNATING"])(
    "%j is no whole long word: it is kept and changes nothing",
    (word) => {
      const before: BaseState = "SUSPENDED";
      expect(readState(word, before)).toEqual({ state: before, flags: [], unknownWord: word });
      expect(readState(word).state).toBe("PENDING");
    },
  );
});
