import type { Instant } from "../instant.ts";
import type { BaseState, StateFlag } from "./job-state.ts";
import type { RunUsage } from "./run-usage.ts";
import type { Token } from "./token.ts";

/**
 * What Slurm says of a job, or of the part of an array that one row stands for. All times are by the cluster's clock.
 * A word that no release known to us uses is kept as `unknownWord`, and its row changes nothing.
 */
export interface JobRow {
  readonly token: Token;
  readonly user: string;
  /** The id that people use: of a job, of a whole array (`%F`), of a het job's leader. */
  readonly jobId: number;
  /** `undefined` for a job that is no array; one index for a started task, a bracket list (`4-5`, without `%limit`) for the pending rest. */
  readonly taskIndexes: string | undefined;
  /** Of a heterogeneous job's component: each has a row of its own, with the leader's id. */
  readonly hetOffset?: number | undefined;
  readonly state: BaseState;
  readonly flags: readonly StateFlag[];
  readonly unknownWord: string | undefined;
  /** Slurm's word (`Resources`, `NonZeroExitCode`), empty for none. */
  readonly reason: string;
  readonly partition: string;
  /** In Slurm's bracket notation; empty while pending. */
  readonly nodes: string;
  readonly submittedAt: Instant | undefined;
  readonly startedAt: Instant | undefined;
  readonly endedAt: Instant | undefined;
  /** When Slurm expects a pending job to start. Moves with each round of the scheduler. */
  readonly expectedAt?: Instant | undefined;
  /** Jobs that wait in the same partition and go first by priority; where everybody's jobs are shown, and of what is in line. Moves all the time. */
  readonly ahead?: number | undefined;
  /** `undefined` for no limit. */
  readonly timeLimitSeconds: number | undefined;
  readonly priority: number | undefined;
  readonly reservation: string;
  readonly restarts: number;
  /** From accounting, or from squeue's raw wait status where it has one. */
  readonly exit: { readonly code: number; readonly signal: number } | undefined;
  /** From accounting: what each of its runs took, the last one last. */
  readonly runs?: readonly RunUsage[];
}

type JobIdentity = Pick<JobRow, "jobId" | "taskIndexes" | "hetOffset">;

/** Whether two rows are of the same job, task, pending rest or component: at two times, or in two answers. */
export function isSameJob(a: JobIdentity, b: JobIdentity): boolean {
  return a.jobId === b.jobId && a.taskIndexes === b.taskIndexes && a.hetOffset === b.hetOffset;
}

const indexes = new WeakMap<readonly JobRow[], ReadonlyMap<string, JobRow>>();

/** The row of the same job among `rows`, which no longer change. An array of 10,000 tasks is looked through once, not once a task. */
export function findSameJob(rows: readonly JobRow[], job: JobIdentity): JobRow | undefined {
  if (rows.length < 8) return rows.find((row) => isSameJob(row, job));
  let index = indexes.get(rows);
  if (index === undefined) {
    index = new Map(rows.toReversed().map((row) => [keyOf(row), row]));
    indexes.set(rows, index);
  }
  return index.get(keyOf(job));
}

const keyOf = ({ jobId, taskIndexes, hetOffset }: JobIdentity): string =>
  `${jobId} ${taskIndexes ?? ""} ${hetOffset ?? ""}`;

/** Whether two rows say the same in every field; of the forecast, whether there is one, and of the place in line, about how far back it is. */
export function saysTheSame(a: JobRow, b: JobRow): boolean {
  const { flags, exit, expectedAt, ahead, ...rest } = a;
  const { flags: otherFlags, exit: otherExit, expectedAt: otherExpected, ahead: otherAhead, ...other } = b;
  return (
    (expectedAt === undefined) === (otherExpected === undefined) &&
    isAboutAsFarBack(ahead, otherAhead) &&
    shallowEqual(rest, other) &&
    flags.join(" ") === otherFlags.join(" ") &&
    exit?.code === otherExit?.code &&
    exit?.signal === otherExit?.signal
  );
}

/** By doublings: of a line of 10,000 jobs about fourteen moves are news. */
export const isAboutAsFarBack = (one: number | undefined, other: number | undefined): boolean =>
  one === undefined || other === undefined
    ? one === other
    : Math.floor(Math.log2(one + 1)) === Math.floor(Math.log2(other + 1));

function shallowEqual(a: object, b: object): boolean {
  const other = new Map<string, unknown>(Object.entries(b));
  const entries = Object.entries(a);
  return entries.length === other.size && entries.every(([key, value]) => other.get(key) === value);
}
