import { readIndexes } from "./array-summary-ranges.ts";
import type { Exit } from "./exit-code.ts";
import { baseStates } from "./job-state.ts";
import { type EndedState, isEnded } from "./job-state-phase.ts";

export interface EndedTask {
  readonly index: number;
  readonly state: EndedState;
  readonly exit: Exit | undefined;
}

export interface FailedTask {
  readonly index: number;
  readonly state: Exclude<EndedState, "COMPLETED" | "CANCELLED"> | "LOST";
  readonly exit: Exit | undefined;
}

/** The first tasks that failed, by index, and how many more there are. Cancelled ones are no failures: there may be thousands of them. */
export interface Failures {
  readonly tasks: readonly FailedTask[];
  readonly more: number;
}

export const mostFailedTasks = 100;

/** Both lists ascending. */
export function failuresIn(ended: readonly EndedTask[], lost: readonly number[]): Failures {
  const failed = ended.flatMap(({ index, state, exit }): FailedTask[] =>
    state === "COMPLETED" || state === "CANCELLED" ? [] : [{ index, state, exit }],
  );
  const all = [
    ...failed.slice(0, mostFailedTasks),
    ...lost.slice(0, mostFailedTasks).map((index): FailedTask => ({ index, state: "LOST", exit: undefined })),
  ];
  const tasks = all.toSorted((a, b) => a.index - b.index).slice(0, mostFailedTasks);
  return { tasks, more: failed.length + lost.length - tasks.length };
}

/** An array as a status tells it. */
export interface ReportedArray {
  readonly states: readonly { readonly state: string; readonly indexes: string }[];
  readonly failed?:
    | readonly {
        readonly index: number;
        readonly exitCode?: number | undefined;
        readonly signal?: number | undefined;
      }[]
    | undefined;
}

/** Tasks that a status says have ended, by index: for clusters that forget ended tasks while the array still runs. A cut text loses what was cut. */
export function rememberEnds(reported: ReportedArray): ReadonlyMap<number, EndedTask> {
  const exits = new Map((reported.failed ?? []).map((task) => [task.index, exitOf(task)]));
  const ends = new Map<number, EndedTask>();
  for (const { state: word, indexes } of reported.states) {
    const state = baseStates.find((candidate) => candidate === word);
    if (state === undefined || !isEnded(state)) continue;
    for (const index of readIndexes(indexes.replace(/,?\.\.\.$/u, "")) ?? [])
      ends.set(index, { index, state, exit: exits.get(index) });
  }
  return ends;
}

function exitOf({ exitCode, signal }: { exitCode?: number | undefined; signal?: number | undefined }) {
  return exitCode === undefined ? undefined : { code: exitCode, signal: signal ?? 0 };
}
