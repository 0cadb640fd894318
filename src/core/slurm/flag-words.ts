import type { StateFlag } from "./job-state.ts";

/** What a flag means for the job that it rides on, in plain words, with what to do where a person can do something. */
const flagWords: Readonly<Record<StateFlag, string>> = {
  CONFIGURING: "its nodes are being started or prepared",
  POWER_UP_NODE: "its nodes are being powered up",
  REQUEUED: "it goes back to the queue",
  REQUEUE_FED: "it goes back to the queue of its federation",
  REQUEUE_HOLD:
    "requeued and held; find out why it failed, then release it with scontrol release, or cancel it",
  RESV_DEL_HOLD:
    "held, since its reservation is over; give it another or none, then release it, or cancel it",
  SPECIAL_EXIT:
    "requeued and held as a special case; find out why it failed, then release it with scontrol release, or cancel it",
  RESIZING: "it changes its size",
  SIGNALING: "a signal is on its way to it",
  STOPPED: "its processes are stopped; scancel --signal=CONT lets them go on",
  COMPLETING: "this run of it is over and being cleaned up; if that lasts, a node hangs: ask the site",
  STAGE_OUT: "its files are being copied out of the burst buffer",
  EXPEDITING: "it is started ahead of others",
  REVOKED: "a sibling of it runs on another cluster of the federation",
  LAUNCH_FAILED: "a node could not start it",
  RECONFIG_FAIL: "a node could not be set up for it",
  GETENV_FAILED: "its user's environment could not be read",
  UPDATE_DB: "accounting is being told",
};

export const flagInPlainWords = (flag: StateFlag): string => `${flag}: ${flagWords[flag]}`;
