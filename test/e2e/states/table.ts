import type { Phase } from "../../../src/api/v1alpha1/job-submission-status.ts";
import type { BaseState, StateFlag } from "../../../src/core/slurm/job-state.ts";
import { endRows } from "./table-ends.ts";
import { liveRows } from "./table-lives.ts";

/** What Slurm shows of a job, and what its submission then says. docs/states.md is written from these rows, and each is tested. */
export interface StateRow {
  /** Slurm's word, as squeue shows it. */
  readonly slurm: string;
  /** What brought the job there. */
  readonly when: string;
  readonly phase: Phase;
  readonly state: BaseState | undefined;
  readonly flags?: readonly StateFlag[];
  /** Of the conditions. */
  readonly reason: string;
  /** `status.reason.word`, or its beginning, where it is the point of the row. */
  readonly word?: string;
  /** Parts of the conditions' message. */
  readonly says: readonly string[];
  readonly todo: string;
  /** Title of the test in endings.test.ts that shows it. A row without, that no case shows either, is tested on rows as Slurm writes them. */
  readonly inEndings?: string;
}

const rows = { ...liveRows, ...endRows } satisfies Record<string, StateRow>;
export type StateId = keyof typeof rows;

export const rowOf = (id: StateId): StateRow => rows[id];
const isStateId = (id: string): id is StateId => Object.hasOwn(rows, id);
export const stateIds: readonly StateId[] = Object.keys(rows).filter(isStateId);
