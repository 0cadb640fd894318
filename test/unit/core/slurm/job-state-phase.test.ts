import { describe, expect, test } from "vitest";
import { baseStates } from "../../../../src/core/slurm/job-state.ts";
import { isFinal, phaseOf } from "../../../../src/core/slurm/job-state-phase.ts";
import { readState } from "../../../../src/core/slurm/job-state-word.ts";

// Rows of the one mapping: word -> phase, base state, final.
const table = [
  { row: 3, words: ["PENDING"], phase: "Submitted", state: "PENDING", final: false },
  { row: 4, words: ["CONFIGURING", "POWER_UP_NODE"], phase: "Submitted", state: "RUNNING", final: false },
  { row: 5, words: ["REQUEUED", "REQUEUE_FED"], phase: "Submitted", state: "PENDING", final: false },
  {
    row: 6,
    words: ["REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT"],
    phase: "Submitted",
    state: "PENDING",
    final: false,
  },
  {
    row: 7,
    words: ["RUNNING", "RESIZING", "SIGNALING", "EXPEDITING"],
    phase: "Submitted",
    state: "RUNNING",
    final: false,
  },
  { row: 8, words: ["SUSPENDED"], phase: "Submitted", state: "SUSPENDED", final: false },
  { row: 8, words: ["STOPPED"], phase: "Submitted", state: "RUNNING", final: false },
  { row: 9, words: ["COMPLETING", "STAGE_OUT"], phase: "Submitted", state: "RUNNING", final: false },
  { row: 10, words: ["COMPLETED"], phase: "Done", state: "COMPLETED", final: true },
  { row: 11, words: ["FAILED"], phase: "Aborted", state: "FAILED", final: true },
  { row: 12, words: ["TIMEOUT"], phase: "Aborted", state: "TIMEOUT", final: true },
  { row: 12, words: ["DEADLINE"], phase: "Aborted", state: "DEADLINE", final: true },
  { row: 13, words: ["OUT_OF_MEMORY"], phase: "Aborted", state: "OUT_OF_MEMORY", final: true },
  { row: 14, words: ["NODE_FAIL"], phase: "Aborted", state: "NODE_FAIL", final: true },
  { row: 14, words: ["BOOT_FAIL"], phase: "Aborted", state: "BOOT_FAIL", final: true },
  { row: 14, words: ["PREEMPTED"], phase: "Aborted", state: "PREEMPTED", final: true },
  { row: 15, words: ["CANCELLED", "CANCELLED by 1001"], phase: "Aborted", state: "CANCELLED", final: true },
  { row: 17, words: ["REVOKED"], phase: "Submitted", state: "PENDING", final: false },
  { row: 19, words: ["HIBERNATING"], phase: "Submitted", state: "PENDING", final: false },
] as const;

describe("what a word means for the submission", () => {
  test.each(table.flatMap(({ words, ...rest }) => words.map((word) => ({ word, ...rest }))))(
    "row $row: $word is $phase, $state, final: $final",
    ({ word, phase, state, final }) => {
      const reading = readState(word);
      expect({ phase: phaseOf(reading), state: reading.state, final: isFinal(reading) }).toEqual({
        phase,
        state,
        final,
      });
    },
  );

  const blocking = [
    "CONFIGURING",
    "POWER_UP_NODE",
    "REQUEUED",
    "REQUEUE_FED",
    "REQUEUE_HOLD",
    "RESV_DEL_HOLD",
    "SPECIAL_EXIT",
    "COMPLETING",
    "STAGE_OUT",
    "REVOKED",
  ] as const;
  test.each(blocking)("%s blocks the end of every base state", (flag) => {
    for (const base of baseStates) expect(isFinal(readState([base, flag]))).toBe(false);
  });

  test.each(["LAUNCH_FAILED", "RECONFIG_FAIL", "GETENV_FAILED", "UPDATE_DB"] as const)(
    "row 16: %s is as final as its base",
    (flag) => {
      for (const base of baseStates) expect(isFinal(readState([base, flag]))).toBe(isFinal(readState(base)));
    },
  );

  test("an unknown word beside an end is not believed to be one", () => {
    expect(isFinal(readState(["FAILED", "HIBERNATING"]))).toBe(false);
  });
});
