import type { StateReading } from "./job-state-word.ts";
import type { BaseState, StateFlag } from "./job-state.ts";

/** Phases that a scheduler's state leads to. `Created` and `Rejected` come before there is a state. */
export type StatePhase = "Submitted" | "Done" | "Aborted";

export type EndedState = Exclude<BaseState, "PENDING" | "RUNNING" | "SUSPENDED">;

/** While one of these rides on a state, what looks like an end is none: it will run again, is still being cleaned up, or runs elsewhere. */
const blocksEnd: Readonly<Record<StateFlag, boolean>> = {
  CONFIGURING: true,
  POWER_UP_NODE: true,
  REQUEUED: true,
  REQUEUE_FED: true,
  REQUEUE_HOLD: true,
  RESV_DEL_HOLD: true,
  SPECIAL_EXIT: true,
  COMPLETING: true,
  STAGE_OUT: true,
  REVOKED: true,
  LAUNCH_FAILED: false,
  RESIZING: false,
  STOPPED: false,
  RECONFIG_FAIL: false,
  SIGNALING: false,
  EXPEDITING: false,
  GETENV_FAILED: false,
  UPDATE_DB: false,
};

export function isEnded(state: BaseState): state is EndedState {
  return state !== "PENDING" && state !== "RUNNING" && state !== "SUSPENDED";
}

/**
 * Whether this row by itself says that the run is over. A FAILED or NODE_FAIL job may still be requeued by its site's rules:
 * only closing its token makes an end last.
 */
export function isFinal(reading: StateReading): boolean {
  return (
    isEnded(reading.state) &&
    reading.unknownWord === undefined &&
    !reading.flags.some((flag) => blocksEnd[flag])
  );
}

export function phaseOf(reading: StateReading): StatePhase {
  if (!isFinal(reading)) return "Submitted";
  return reading.state === "COMPLETED" ? "Done" : "Aborted";
}
