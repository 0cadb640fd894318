import { baseStates, stateFlags, type BaseState, type StateFlag } from "./job-state.ts";

/** A state as one row shows it. A word that no release known to us uses is kept, and changes nothing. */
export interface StateReading {
  readonly state: BaseState;
  readonly flags: readonly StateFlag[];
  readonly unknownWord: string | undefined;
}

/**
 * Base state that a flag stands for where it hides its base. `last` = keep the base of the row before: these flags ride on any base
 * (a job completes after success, failure and before a requeue alike).
 */
const hiddenBase: Readonly<Record<StateFlag, BaseState | "last">> = {
  CONFIGURING: "RUNNING",
  POWER_UP_NODE: "RUNNING",
  REQUEUED: "PENDING",
  REQUEUE_FED: "PENDING",
  REQUEUE_HOLD: "PENDING",
  RESV_DEL_HOLD: "PENDING",
  SPECIAL_EXIT: "PENDING",
  RESIZING: "RUNNING",
  SIGNALING: "RUNNING",
  EXPEDITING: "RUNNING",
  STOPPED: "RUNNING",
  COMPLETING: "last",
  STAGE_OUT: "last",
  LAUNCH_FAILED: "last",
  RECONFIG_FAIL: "last",
  GETENV_FAILED: "last",
  UPDATE_DB: "last",
  REVOKED: "last",
};

/** Live on purpose: without an earlier row nothing may be taken for an end. */
const firstGuess: Readonly<Partial<Record<StateFlag, BaseState>>> = {
  COMPLETING: "RUNNING",
  STAGE_OUT: "RUNNING",
};

const bases: ReadonlySet<string> = new Set(baseStates);
const flagNames: ReadonlySet<string> = new Set(stateFlags);
const isBase = (word: string): word is BaseState => bases.has(word);
const isFlag = (word: string): word is StateFlag => flagNames.has(word);

/**
 * Reads squeue's one long word (`RUNNING`, `COMPLETING`), sacct's words (`CANCELLED by 1001`) or REST's list, base first.
 * Whole words only: short codes miss four flags, and default columns of sacct cut words (`OUT_OF_ME+`).
 *
 * @param previous base state of the same row before, for a flag that hides its base
 */
export function readState(text: string | readonly string[], previous?: BaseState): StateReading {
  const words = typeof text === "string" ? wordsOf(text) : text;
  const base = words.find(isBase);
  const flags = words.filter(isFlag);
  const unknownWord = words.find((word) => !isBase(word) && !isFlag(word));
  if (base !== undefined) return { state: base, flags, unknownWord };
  const [flag] = flags;
  if (flag === undefined) return { state: previous ?? "PENDING", flags, unknownWord: unknownWord ?? "" };
  return { state: stateBehind(flag, previous), flags, unknownWord };
}

function stateBehind(flag: StateFlag, previous: BaseState | undefined): BaseState {
  const base = hiddenBase[flag];
  return base === "last" ? (previous ?? firstGuess[flag] ?? "PENDING") : base;
}

function wordsOf(text: string): readonly string[] {
  return text
    .replace(/ by \S+$/u, "")
    .split(/[\s,]+/u)
    .filter((word) => word !== "");
}
