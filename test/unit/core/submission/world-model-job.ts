import type { Instant } from "../../../../src/core/instant.ts";
import type { EndedState } from "../../../../src/core/slurm/job-state-phase.ts";
import { turnedAwayCode } from "./world.ts";
import type { End } from "./world-model.ts";

/** The launcher on its node: before the fence, with the fence, past everything, and the entrypoint itself. */
export interface Process {
  readonly token: string;
  readonly jobId: number;
  readonly restarts: number;
  stage: "launcher" | "owner" | "starting" | "entrypoint";
  /** Of the entrypoint. */
  endsAfter: Instant;
}

/** A job as slurmctld knows it. */
export interface Job {
  readonly token: string;
  readonly id: number;
  state: "PENDING" | "RUNNING" | "ENDED";
  end: End | undefined;
  restarts: number;
  held: boolean;
  process: Process | undefined;
}

export interface Saved {
  readonly state: Job["state"];
  readonly end: End | undefined;
  readonly restarts: number;
  readonly held: boolean;
}

export const states: Record<End, { state: EndedState; code: number; signal: number }> = {
  ok: { state: "COMPLETED", code: 0, signal: 0 },
  failed: { state: "FAILED", code: 3, signal: 0 },
  cancelled: { state: "CANCELLED", code: 0, signal: 15 },
  nodeFailed: { state: "NODE_FAIL", code: 1, signal: 0 },
  turnedAway: { state: "FAILED", code: turnedAwayCode, signal: 0 },
};
