/** Options of dispatch.pml, as `-DNAME=VALUE`; what is left out has the value that stands there. */
export type Options = Readonly<Partial<Record<Option, number>>>;

type Option =
  | "NOPS"
  | "F"
  | "ACCT"
  | "ARRAY"
  | "MAXATT"
  | "CANCEL"
  | "DELETE"
  | "RECREATE"
  | "STRANGER"
  | "OUTSIDE"
  | "REFUSE"
  | "FORGET"
  | "NJ";

export interface Row {
  readonly options: Options;
  /** The whole protocol when undefined; else the rule that is taken out, and then the model must find the harm. */
  readonly without?: string;
  /** `quick`: in every `make model`. `deep`: only with BATCHWRIGHT_MODEL=deep, over five minutes or 4 GB. */
  readonly cost: "quick" | "full" | "deep";
}

const alone = { NOPS: 1, CANCEL: 0, DELETE: 0 } as const;
const array = { ...alone, ARRAY: 1, NJ: 2 } as const;

/** The protocol as it is: every state that can be reached is looked at, and none breaks a property. */
const whole: readonly Row[] = [
  { options: { ...alone, F: 1 }, cost: "quick" },
  { options: { ...array, F: 0 }, cost: "quick" },
  { options: { NOPS: 1, F: 0 }, cost: "quick" },
  { options: { NOPS: 1, F: 1 }, cost: "full" },
  { options: { ...alone, F: 2 }, cost: "full" },
  { options: { ...alone, F: 2, ACCT: 0 }, cost: "full" },
  { options: { NOPS: 2, F: 0 }, cost: "full" },
  { options: { NOPS: 1, F: 1, CANCEL: 0, RECREATE: 1, MAXATT: 1 }, cost: "full" },
  { options: { NOPS: 1, F: 1, DELETE: 0, STRANGER: 1 }, cost: "full" },
  { options: { ...alone, F: 1, OUTSIDE: 1 }, cost: "full" },
  { options: { NOPS: 2, F: 0, FORGET: 1, MAXATT: 1 }, cost: "full" },
  { options: { NOPS: 1, F: 0, ARRAY: 1, NJ: 2 }, cost: "full" },
  { options: { ...array, F: 1, MAXATT: 1 }, cost: "full" },
  { options: { ...array, F: 1, MAXATT: 1, ACCT: 0 }, cost: "full" },
  { options: { ...array, F: 1, MAXATT: 1, OUTSIDE: 1 }, cost: "full" },
  { options: { NOPS: 2, F: 0, RECREATE: 1, MAXATT: 1 }, cost: "deep" },
  { options: { NOPS: 1, F: 1, DELETE: 0, ARRAY: 1, NJ: 2, MAXATT: 1 }, cost: "deep" },
];

const taken = (without: string, options: Options, cost: Row["cost"] = "quick"): Row => ({
  without,
  options,
  cost,
});

/** Each rule is needed: without it, with so few faults, a property breaks. */
const mutants: readonly Row[] = [
  taken("INTENT_FIRST", { NOPS: 1, F: 0 }),
  taken("FINALIZER_FIRST", { NOPS: 1, F: 0 }),
  taken("UID_IN_TOKEN", { NOPS: 1, F: 0, RECREATE: 1, MAXATT: 1 }),
  taken("CURRENT_VERSION", { NOPS: 2, F: 0 }),
  taken("TRY_ONCE", { ...alone, F: 2 }),
  taken("LOCK_INHERITED", { ...alone, F: 1 }),
  taken("PUT_DEADLINE", { NOPS: 2, F: 0, FORGET: 1, MAXATT: 1 }),
  taken("VOID_STOPS_PUT", { ...alone, F: 1 }),
  taken("FENCE", { ...alone, F: 1 }),
  taken("ARRAY_FENCE", { ...array, F: 0 }),
  taken("CLOSED_TURNS_AWAY", { ...alone, F: 1 }),
  taken("CLEAR_EXIT", { ...alone, F: 2 }),
  taken("TURNED_AWAY_TELLS", { ...alone, F: 2 }),
  taken("RAN_IS_TOLD", { ...alone, F: 2 }),
  taken("VOID_FIRST", { ...alone, F: 1 }),
  taken("KNOWN_REFUSALS", { ...alone, F: 1 }),
  taken("ROW_NEEDS_TOKEN", { NOPS: 1, F: 1, DELETE: 0, STRANGER: 1 }),
  taken("CONTRADICTION_IS_ABSENCE", { ...alone, F: 1, STRANGER: 1 }),
  taken("THREE_LOOKS", { ...alone, F: 1 }),
  taken("CLOSE_FIRST", { ...alone, F: 1 }),
  taken("LOOK_AFTER_CLOSE", { ...alone, F: 1 }),
  taken("CANCEL_IN_ONE", { NOPS: 1, F: 1, DELETE: 0, STRANGER: 1 }),
  taken("MARKS_AFTER_LOOK", { NOPS: 1, F: 1, DELETE: 0, ACCT: 0 }),
  taken("SWEEP_STORED", { ...alone, F: 1 }),
  taken("ALL_TASKS_ENDED", { ...array, F: 0 }),
  taken("END_AND_RETRY_AT_ONCE", { ...array, F: 1 }, "full"),
  taken("FAILED_TASKS_ONLY", { ...array, F: 0 }),
];

export const table: readonly Row[] = [...whole, ...mutants];

/** `NOPS=1 F=1 CANCEL=0`, for people and for files. */
export const optionsText = (options: Options): string =>
  Object.entries(options)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
