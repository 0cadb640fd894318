import type { Instant } from "../instant.ts";
import { failuresIn, type EndedTask, type Failures } from "./array-summary-ends.ts";
import { writeEachIndexes } from "./array-summary-ranges.ts";
import { evidenceByIndex, type ArrayEvidence } from "./array-summary-evidence.ts";
import type { Exit } from "./exit-code.ts";
import { baseStates, type BaseState } from "./job-state.ts";
import type { EndedState } from "./job-state-phase.ts";
import { endOf, type Verdict } from "./verdict.ts";

export type TaskState = BaseState | "LOST" | "UNKNOWN";

/** What the tasks of one array came to; the counts add up to the tasks asked for. */
export interface ArraySummary {
  readonly overall: ArrayVerdict;
  /** In the order of `baseStates`, then LOST, then UNKNOWN (no evidence yet); states without a task are left out. */
  readonly states: readonly TaskGroup[];
  readonly failures: Failures;
  /** Ascending; nothing of it is cut. */
  readonly ended: readonly EndedTask[];
  /** First start and last end of what squeue, accounting and the marks show, by the cluster's clocks. */
  readonly startedAt: Instant | undefined;
  readonly endedAt: Instant | undefined;
}

export interface TaskGroup {
  readonly state: TaskState;
  readonly count: number;
  /** `0-3,7,10-20:5`, cut at a whole range with `,...` behind it. */
  readonly indexes: string;
}

export type ArrayVerdict =
  | { readonly is: "live"; readonly state: "PENDING" | "RUNNING" | "SUSPENDED" }
  | {
      readonly is: "ended";
      readonly state: EndedState;
      /** Of the lowest index that ended in `state`. */
      readonly exit: Exit | undefined;
      readonly index: number;
    }
  | { readonly is: "didNotRun" }
  | { readonly is: "unknown" }
  /** At least one task is lost, and none lives. */
  | { readonly is: "lost" };

/** What an ended array is called when its tasks ended differently: the first of these that a task ended in. */
const worstFirst: readonly EndedState[] = [
  "FAILED",
  "OUT_OF_MEMORY",
  "TIMEOUT",
  "DEADLINE",
  "NODE_FAIL",
  "BOOT_FAIL",
  "PREEMPTED",
  "CANCELLED",
  "COMPLETED",
];

/**
 * Sums up one array. Rule 9 (ALL_TASKS_ENDED): it lives until its last task has ended. Rows, accounting and marks may be of any of its tasks; a task that none of them knows is unknown until the waits are
 * over, and then cancelled if we asked for it (pending tasks that are cancelled leave no trace), else lost.
 */
export function summariseArray(seen: ArrayEvidence): ArraySummary {
  const groups = new Map<TaskState, number[]>();
  const ended: EndedTask[] = [];
  let turnedAway = 0;
  for (const [index, evidence] of evidenceByIndex(seen)) {
    const verdict = endOf(evidence);
    if (verdict.is === "didNotRun") turnedAway += 1;
    const end = endedTask(index, verdict, seen);
    if (end !== undefined) ended.push(end);
    addTo(groups, end?.state ?? taskStateOf(verdict), index);
  }
  const ends = addSettled(seen, ended, groups);
  const allTurnedAway = turnedAway > 0 && turnedAway === seen.indexes.length;
  return {
    overall: allTurnedAway
      ? { is: "didNotRun" }
      : overallOf(groups, { ends, hasBegun: ended.length > 0, cancelled: seen.cancelled }),
    states: inOrder(groups),
    ended: ends,
    failures: failuresIn(ends, groups.get("LOST") ?? []),
    startedAt: firstStart(seen),
    endedAt: lastEnd(seen),
  };
}

/** @returns all that have ended, ascending */
function addSettled(
  { settled = [] }: ArrayEvidence,
  ended: readonly EndedTask[],
  groups: Map<TaskState, number[]>,
): readonly EndedTask[] {
  if (settled.length === 0) return ended;
  for (const { index, state } of settled) addTo(groups, state, index);
  for (const group of groups.values()) group.sort((a, b) => a - b);
  return [...settled, ...ended].toSorted((a, b) => a.index - b.index);
}

function endedTask(index: number, verdict: Verdict, seen: ArrayEvidence): EndedTask | undefined {
  switch (verdict.is) {
    case "ended":
      return { index, state: verdict.state, exit: verdict.exit };
    case "unknown":
    case "lost": {
      const remembered = seen.remembered.get(index);
      if (remembered !== undefined) return remembered;
      const isCancelled = verdict.is === "lost" && isRestCancelled(seen);
      return isCancelled ? { index, state: "CANCELLED", exit: undefined } : undefined;
    }
    case "live":
    case "didNotRun":
      return undefined;
  }
}

/** When the last pending tasks are cancelled one by one (`scancel 8_[2-9]`), the array's own row stays, CANCELLED and without a list (measured). */
const isRestCancelled = ({ rows, accounting }: ArrayEvidence): boolean =>
  [...rows, ...accounting].some((row) => row.taskIndexes === undefined && row.state === "CANCELLED");

/** A task that the fence refused did not run; beside tasks that ran, that is what a cancelled task is. */
function taskStateOf(verdict: Verdict): TaskState {
  switch (verdict.is) {
    case "live":
    case "ended":
      return verdict.state;
    case "didNotRun":
      return "CANCELLED";
    case "unknown":
      return "UNKNOWN";
    case "lost":
      return "LOST";
  }
}

function overallOf(
  groups: ReadonlyMap<TaskState, readonly number[]>,
  seen: {
    readonly ends: readonly EndedTask[];
    /** Of the tasks of this attempt: what ended in an earlier one says nothing of the wait. */
    readonly hasBegun: boolean;
    readonly cancelled: boolean;
  },
): ArrayVerdict {
  if (groups.has("RUNNING")) return { is: "live", state: "RUNNING" };
  if (groups.has("SUSPENDED")) return { is: "live", state: "SUSPENDED" };
  // An array that has begun runs until its last task has ended.
  if (groups.has("PENDING")) return { is: "live", state: seen.hasBegun ? "RUNNING" : "PENDING" };
  if (groups.has("UNKNOWN")) return { is: "unknown" };
  if (groups.has("LOST")) return { is: "lost" };
  const state =
    seen.cancelled && groups.has("CANCELLED") ? "CANCELLED" : worstFirst.find((end) => groups.has(end));
  const index = state === undefined ? undefined : groups.get(state)?.[0];
  if (state === undefined || index === undefined) return { is: "unknown" };
  return { is: "ended", state, exit: seen.ends.find((task) => task.index === index)?.exit, index };
}

function addTo(groups: Map<TaskState, number[]>, state: TaskState, index: number): void {
  const group = groups.get(state);
  if (group === undefined) groups.set(state, [index]);
  else group.push(index);
}

/** Of all texts together: with counts, failed tasks and a log's end beside them a status stays below 32 KiB. */
const indexesRoom = 8_192;

function inOrder(groups: ReadonlyMap<TaskState, readonly number[]>): readonly TaskGroup[] {
  const present = [...baseStates, "LOST" as const, "UNKNOWN" as const].flatMap((state) => {
    const indexes = groups.get(state);
    return indexes === undefined ? [] : [{ state, indexes }];
  });
  const texts = writeEachIndexes(
    present.map(({ indexes }) => indexes),
    indexesRoom,
  );
  return present.flatMap(({ state }, n) => {
    const text = texts[n];
    return text === undefined ? [] : [{ state, ...text }];
  });
}

function firstStart({ rows, accounting }: ArrayEvidence): Instant | undefined {
  return extreme(
    [...rows, ...accounting].map((row) => row.startedAt),
    (a, b) => a < b,
  );
}

function lastEnd({ rows, accounting, exits }: ArrayEvidence): Instant | undefined {
  return extreme(
    [
      ...rows.map((row) => row.endedAt),
      ...accounting.map((row) => row.endedAt),
      ...exits.map((mark) => mark.at),
    ],
    (a, b) => a > b,
  );
}

function extreme(
  moments: readonly (Instant | undefined)[],
  isBetter: (a: Instant, b: Instant) => boolean,
): Instant | undefined {
  let best: Instant | undefined;
  for (const moment of moments) {
    if (moment !== undefined && (best === undefined || isBetter(moment, best))) best = moment;
  }
  return best;
}
