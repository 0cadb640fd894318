import { instant } from "../../../../src/core/instant.ts";
import type { JobRow } from "../../../../src/core/slurm/job-row.ts";
import type { ExitMark } from "../../../../src/core/slurm/marks.ts";
import { tokenOf } from "../../../../src/core/slurm/token.ts";

export const token = tokenOf({ install: "test", uid: "11111111-2222-4333-8444-555555555555", index: 1 });

/** A row of a running job; what a test is about is given. */
export function aRow(given: Partial<JobRow> = {}): JobRow {
  return {
    token,
    user: "alice",
    jobId: 8,
    taskIndexes: undefined,
    state: "RUNNING",
    flags: [],
    unknownWord: undefined,
    reason: "",
    partition: "main",
    nodes: "n1",
    submittedAt: instant(1_000),
    startedAt: instant(2_000),
    endedAt: undefined,
    timeLimitSeconds: 3_600,
    priority: 1,
    reservation: "",
    restarts: 0,
    exit: undefined,
    ...given,
  };
}

export function aMark(end: ExitMark["end"], given: Partial<ExitMark> = {}): ExitMark {
  return { jobId: 8, taskIndex: undefined, end, restart: 0, at: instant(9_000), ...given };
}
