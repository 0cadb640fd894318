import type { MutantName } from "./names.ts";
import type { Play } from "./play.ts";

/** A text of the source and what stands in its place. It must be there exactly once: a rule that is written otherwise by now switches nothing off. */
export interface Edit {
  /** Below `src`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A rule that is switched off in a test build: a copy of the source, edited. */
export interface Mutant {
  readonly name: MutantName;
  /** In docs/dispatch.md. */
  readonly rule: number;
  /** What the test build does instead. */
  readonly what: string;
  readonly edits: readonly Edit[];
  /** What the oracle must say of the harm, and in words for the table in docs/dispatch.md. */
  readonly complaint: RegExp;
  readonly oracle: string;
  /** Short and telling enough to be played each time. */
  readonly isSample?: true;
}

/** A short course of events on real parts, always the same, that does no harm as long as its rules hold. */
export interface Course {
  readonly what: string;
  /** Each is seen by this course. */
  readonly mutants: readonly Mutant[];
  /** Slurm itself starts a job again or forgets how it ended: then a job may truly end otherwise than its script. */
  readonly shakes: boolean;
  /** Slurm's record of the job's id is of another job in the end: no witness. */
  readonly isOfStranger?: true;
  /** Up to where the end is told, and past it where something is to happen then. */
  run(play: Play): Promise<void>;
}
