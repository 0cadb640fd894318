/** Slurm's base states (slurm.h, `enum job_states`). The API's `status.state` takes exactly these, on every backend. */
export const baseStates = [
  "PENDING",
  "RUNNING",
  "SUSPENDED",
  "COMPLETED",
  "CANCELLED",
  "FAILED",
  "TIMEOUT",
  "NODE_FAIL",
  "PREEMPTED",
  "BOOT_FAIL",
  "DEADLINE",
  "OUT_OF_MEMORY",
] as const;
export type BaseState = (typeof baseStates)[number];

/** Flags ride on a base state; squeue's text shows one word, and there a flag hides its base. */
export const stateFlags = [
  "LAUNCH_FAILED",
  "REQUEUED",
  "REQUEUE_HOLD",
  "SPECIAL_EXIT",
  "RESIZING",
  "CONFIGURING",
  "COMPLETING",
  "STOPPED",
  "RECONFIG_FAIL",
  "POWER_UP_NODE",
  "REVOKED",
  "REQUEUE_FED",
  "RESV_DEL_HOLD",
  "SIGNALING",
  "STAGE_OUT",
  "EXPEDITING",
  "GETENV_FAILED",
  "UPDATE_DB",
] as const;
export type StateFlag = (typeof stateFlags)[number];
