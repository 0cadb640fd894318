import type { Instant } from "../instant.ts";
import type { Problem } from "../problem.ts";
import type { FenceAnswer, PutAnswer } from "../slurm/dispatch-answer.ts";
import type { JobRow } from "../slurm/job-row.ts";
import type { Marks, Owner } from "../slurm/marks.ts";

/** One good answer of squeue, as far as it concerns one token. */
export interface Look {
  /** By the poller's steady clock, before squeue was asked. */
  readonly begun: Instant;
  readonly tick: number;
  readonly rows: readonly JobRow[];
}

/** The fence as `close` left it. It never changes again. */
export interface Closed {
  readonly owner: Exclude<Owner, { is: "none" }>;
  /** By the same clock as `Look.begun`, after the answer. */
  readonly at: Instant;
}

/** What outlives one reconcile. Nothing is lost with it: after a restart everything in it is asked again. */
export interface Memory {
  readonly closed?: Closed;
  /** When this process stored the job's id, by the same clock as `Look.begun`. */
  readonly acceptedAt?: Instant;
  /** Since which tick the looks after the close show no live row: the N ticks are counted from here. */
  readonly quietSince?: number;
  readonly quietFrom?: Instant;
  /** Since which tick the looks lack the job. */
  readonly missingSince?: number;
  readonly missingFrom?: Instant;
}

/** What Slurm was told about holding. Whether it did so, a look begun after `at` shows. */
export interface HoldAnswer {
  /** By the steady clock, after the answer. */
  readonly at: Instant;
  /** Slurm's words, where it would not. */
  readonly refusal: string | undefined;
}

/** The end of a log, with nothing secret in it. */
export interface LogEnd {
  readonly text: string;
  /** Of the whole file, in bytes. */
  readonly size: number;
}

/** Answers of this reconcile, by question. */
export interface Answers {
  readonly put?: PutAnswer;
  readonly void?: FenceAnswer;
  readonly close?: FenceAnswer;
  /** Ids that were signalled: what the login itself saw live. */
  readonly cancelled?: readonly number[];
  readonly hold?: HoldAnswer;
  readonly release?: HoldAnswer;
  /** Ids of live jobs of the token, as the login itself sees them. */
  readonly own?: readonly number[];
  readonly look?: Look;
  /** `none`: the cluster keeps no accounting. */
  readonly accounting?: readonly JobRow[] | "none";
  /** The look that was at hand when accounting was asked. */
  readonly accountingOn?: Look;
  readonly marks?: Marks;
  /** The look that was at hand when the marks were read. */
  readonly marksOn?: Look;
  /** Masked; `null`: there is no such file. */
  readonly log?: LogEnd | null;
  readonly logPath?: string;
  /** Accounting's rows of all attempts that ran. `none`: the cluster keeps no accounting. */
  readonly usage?: readonly JobRow[] | "none";
  readonly swept?: true;
  /** The question could not be put: the cluster does not answer. Not an answer about any job. */
  readonly unreachable?: Problem;
}

/** The marks as they were after this look. */
export function marksOn({ begun }: Look, { answers }: { answers: Answers }): Marks | undefined {
  return answers.marksOn?.begun === begun ? answers.marks : undefined;
}

/** Accounting as it was after this look. */
export function accountingOn({ begun }: Look, { answers }: { answers: Answers }): Answers["accounting"] {
  return answers.accountingOn?.begun === begun ? answers.accounting : undefined;
}
