import type { Instant } from "../../core/instant.ts";
import type { OverPage } from "../../core/cleanup/over.ts";
import type { FenceAnswer, ForgetAnswer, PutAnswer } from "../../core/slurm/dispatch-answer.ts";
import type { JobRow } from "../../core/slurm/job-row.ts";
import type { Marks } from "../../core/slurm/marks.ts";
import type { LogEnd } from "../../core/submission/facts.ts";
import type { Token } from "../../core/slurm/token.ts";
import type { WorkDirectoryCheck } from "../../core/slurm/work-directory.ts";

/** A token and where its directory is: `<workDirectory>/<install>/<token>` by the paths of the login that sends (see `placeOf`). */
export interface Place {
  readonly token: Token;
  readonly directory: string;
}

export interface StagedFile {
  /** Relative to the token's directory; `/` separates; never `..`. */
  readonly path: string;
  readonly content: Uint8Array;
  /** Permission bits, e.g. 0o500. */
  readonly mode: number;
}

/**
 * A place whose marks may be forgotten one day, so a put of its token that is still on its way must be known to come too late.
 * The deadline is a number fixed for the token when its attempt is opened (its `since` plus a horizon), the same in every put and in `forget`:
 * both are compared with the cluster's clock, so a clock that differs from ours shortens the horizon and breaks nothing.
 */
export interface DatedPlace extends Place {
  readonly deadline: Instant;
  /** Name of the SlurmCluster that the attempt is of: several may share a directory, and each says for itself what is removed. */
  readonly cluster: string;
}

export interface StagedJob extends DatedPlace {
  /** Everything that the directory holds when the job starts, `batch.sh` (the launcher) among them. */
  readonly files: readonly StagedFile[];
  /** The submission's overrides, as words of sbatch's command line, without the path of the script. */
  readonly arguments: readonly string[];
}

export interface Call {
  readonly signal: AbortSignal;
}

export interface OverQuestion {
  /** `<workDirectory>/<install>`: see `installDirectory`. */
  readonly directory: string;
  /** Directories that say to be of another SlurmCluster are passed over. */
  readonly cluster: string;
  /** Only what has been over for so long by the cluster's clock. */
  readonly retentionSeconds: number;
  /** Of the page before. */
  readonly after: Token | undefined;
}

/** One login on one Slurm cluster. Calls that wait at the same moment go as one batch; errors of transport are `SlurmUnreachable`. */
export interface SlurmLogin extends AsyncDisposable {
  put(job: StagedJob, call: Call): Promise<PutAnswer>;
  /** No job of the token that has not yet taken the fence ever runs. */
  void(place: DatedPlace, call: Call): Promise<FenceAnswer>;
  /** `void`, and no later run of the owner (a requeue) gets past its launcher. */
  close(place: DatedPlace, call: Call): Promise<FenceAnswer>;
  /** Live jobs of the token as the login itself sees them: no privacy setting of the site hides a user's own jobs from him. */
  find(place: Place, call: Call): Promise<readonly number[]>;
  /** Cancels every live job whose Command is of the token, and `jobId` if its row carries the token; check and scancel are one remote command. @returns the ids it signalled */
  cancel(place: Place, call: Call): Promise<readonly number[]>;
  /** Holds or releases what of the token's jobs waits in the queue, in the same way. @returns Slurm's words where it would not */
  hold(place: Place, held: boolean, call: Call): Promise<string | undefined>;
  readMarks(places: readonly Place[], call: Call): Promise<ReadonlyMap<Token, Marks>>;
  /** The end of a file, at most `bytes`, masked: what looks like a secret, `secrets`, and the login's own. Undefined when there is none. */
  readTail(
    file: { path: string; bytes: number; secrets?: readonly string[] },
    call: Call,
  ): Promise<LogEnd | undefined>;
  /** Whether job directories can be kept in `<workDirectory>/<install>`; makes it. */
  checkDirectory(directory: string, call: Call): Promise<WorkDirectoryCheck>;
  /** Directories whose tokens are over by their marks, a page at a time. Changes nothing. */
  listOver(question: OverQuestion, call: Call): Promise<OverPage>;
  /**
   * Removes directory and marks of tokens whose submissions are over; keeps a token whose put may still arrive, or whose job may still run.
   * Never rejects, and answers for each place: what is gone stays gone when the rest fails. Places of one shard are one command.
   */
  forget(places: readonly DatedPlace[], call: Call): Promise<ReadonlyMap<Token, ForgetAnswer>>;
}

/** One complete, good answer of squeue about this install's jobs. */
export interface Snapshot {
  /** By the poller's steady clock, before the question was sent: rows are at least this new. */
  readonly begun: Instant;
  /** Counts good answers since the poller started: the N of "N ticks later". */
  readonly tick: number;
  readonly rows: ReadonlyMap<Token, readonly JobRow[]>;
  /** Tokens with a row that could not be read (its last readable one is in `rows`): they are in the queue, not missing. */
  readonly unreadable: ReadonlySet<Token>;
}

/** Asks one question per tick for everything; keeps the last snapshot. */
export interface ClusterPoller extends AsyncDisposable {
  readonly latest: Snapshot | undefined;
  /** Called with the tokens whose rows changed, appeared or vanished. @returns unsubscribe */
  subscribe(changed: (tokens: readonly Token[]) => void): () => void;
  /** Asks for a tick soon, not under the site's floor. */
  hurry(): void;
  /** A snapshot begun after `moment` (by the same steady clock); shares the tick with all who wait. */
  begunAfter(moment: Instant, call: Call): Promise<Snapshot>;
  /**
   * Accounting's newest rows (all tasks) of the tokens whose jobs a good answer lacks; `undefined` without accounting on the cluster.
   * A failing sacct rejects: unknown is not absent.
   */
  accounting(
    jobs: readonly { token: Token; jobId: number | undefined; user: string; since: Instant }[],
    call: Call,
  ): Promise<ReadonlyMap<Token, readonly JobRow[]> | undefined>;
}
