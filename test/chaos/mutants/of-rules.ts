import type { MutantName } from "./names.ts";

/** By the names that the rules have in test/model: the mutants that switch a rule off, or why none does. */
export const mutantsOfRules: Readonly<Record<string, readonly MutantName[] | string>> = {
  INTENT_FIRST: ["M_NOINTENT"],
  FINALIZER_FIRST: ["M_LATEFIN", "ASW_FINALIZER"],
  UID_IN_TOKEN: ["M_NAMETOKEN"],
  CURRENT_VERSION: ["M_NORV"],
  TRY_ONCE: ["M_NOTRY"],
  LOCK_INHERITED: ["M_NOINHERIT"],
  VOID_STOPS_PUT: ["M_NOVOID"],
  PUT_DEADLINE: ["M_NODEADLINE"],
  FENCE: ["M_NOFENCE"],
  ARRAY_FENCE: ["NO_ARRAY_FENCE"],
  CLOSED_TURNS_AWAY: ["M_NOCLOSE"],
  CLEAR_EXIT: ["M_OLDEXIT"],
  TURNED_AWAY_TELLS: ["M_EXITZERO"],
  RAN_IS_TOLD: ["NO_RAN_IS_TOLD"],
  VOID_FIRST: ["ASW_VOID"],
  KNOWN_REFUSALS: ["NO_KNOWN_REFUSALS"],
  ROW_NEEDS_TOKEN: ["M_NOTOKENCHECK"],
  CONTRADICTION_IS_ABSENCE: ["ASW_LOST"],
  THREE_LOOKS: ["M_NOTICKS"],
  CLOSE_FIRST: ["ASW_FINAL"],
  CANCEL_IN_ONE: ["M_CANCELRACE"],
  SWEEP_STORED: ["NO_SWEEP_STORED"],
  FAILED_TASKS_ONLY: ["NO_FAILED_TASKS_ONLY"],
  LOOK_AFTER_CLOSE:
    "a look that was begun before the close must be answered after it, and a requeue fall between the two: with polling at any pace, no harm was brought about",
  MARKS_AFTER_LOOK:
    "Slurm must forget a job between a look and the reading of its marks, within one reconcile",
  ALL_TASKS_ENDED: "held in two places, of which either is enough: no single edit switches it off",
  END_AND_RETRY_AT_ONCE:
    "one write would have to be made two; that a kill before and after each write of a repeated life does no harm is played (test/chaos/steps.test.ts, in full)",
};
