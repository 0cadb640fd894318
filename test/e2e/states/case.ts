import type { Course } from "./course.ts";
import type { StateId } from "./table.ts";

/** One course of jobs on a real Slurm, played on each release of the lab beside the others. */
export interface Case {
  readonly title: string;
  /** The rows of the table that it shows: these and no others. */
  readonly rows: readonly StateId[];
  /** Slurm must be able to hold a job to its memory. */
  readonly needsMemoryLimits?: true;
  /** What waits for its turn keeps others from theirs: it is played when they are over. */
  readonly isAlone?: true;
  play(course: Course): Promise<void>;
}

/** Ends once it was started again. */
export const untilRestarted = '[ "${SLURM_RESTART_COUNT:-0}" -gt 0 ] || sleep 600';

/** Ends when `Course.open` says so. */
export const untilOpened = 'while [ ! -e "$HOME/$GATE" ]; do sleep 0.2; done';
