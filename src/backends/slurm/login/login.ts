import type { OverPage } from "../../../core/cleanup/over.ts";
import type { FenceAnswer, ForgetAnswer, PutAnswer } from "../../../core/slurm/dispatch-answer.ts";
import type { Marks } from "../../../core/slurm/marks.ts";
import type { LogEnd } from "../../../core/submission/facts.ts";
import type { Token } from "../../../core/slurm/token.ts";
import type { WorkDirectoryCheck } from "../../../core/slurm/work-directory.ts";
import type { Call, DatedPlace, OverQuestion, Place, SlurmLogin, StagedJob } from "../backend.ts";
import type { Session } from "../session/session.ts";
import { SlurmUnreachable } from "../session/unreachable.ts";
import { Slots } from "../session/slots.ts";
import type { FenceBatch } from "../wrapper/fence-script.ts";
import type { JobsVerb } from "../wrapper/jobs-script.ts";
import type { PutLimits } from "../wrapper/put-script.ts";
import { shardCount, shardOf } from "../wrapper/script.ts";
import { Lanes, type BatchKey } from "./lanes.ts";
import { installOf } from "./place.ts";
import { Journal, type Signalled } from "./journal.ts";

export interface SlurmLoginOptions {
  /** Carries everything of this login; the poller may use the same one. Closed with the login. */
  readonly session: Session;
  /** Where Slurm's commands are, if not in the usual folders. */
  readonly binDirectory?: string;
  readonly limits?: Partial<PutLimits>;
  /** What the login gets in with, in pieces as a log might show them: masked wherever a file is read. */
  readonly secrets?: readonly string[];
}

const defaultLimits: PutLimits = { lockSeconds: 30, startSeconds: 60, sbatchSeconds: 150 };

/** Of the 4 commands that a session runs at once one is always left for the short ones: a put can wait for minutes. */
const mostPutBatches = shardCount;

/**
 * A put is answered when its batch is over, so a batch is short: 128 take about a second. A batch costs the login some 30 ms before its first sbatch
 * (a channel, shells, tar, the lock), as much as six jobs do, so with many waiting, batches are gathered; a few never wait.
 */
const putBatch = { mostItems: 128, mostBytes: 4 * 1024 * 1024, gather: { few: 8, ms: 1000 } };

export function openSlurmLogin(options: SlurmLoginOptions): SlurmLogin {
  return new BatchingLogin(options);
}

class BatchingLogin implements SlurmLogin {
  readonly #session: Session;
  readonly #secrets: readonly string[];
  readonly #journal: Journal;
  readonly #closing = new AbortController();
  readonly #putPlaces = new Slots({ slots: mostPutBatches, mostWaiting: 1024 });
  /** Going through directories and removing them can take minutes: it counts as a put, and takes one of their places at most. */
  readonly #forgetTurn = new Slots({ slots: 1, mostWaiting: 64 });
  readonly #puts: Lanes<StagedJob, PutAnswer>;
  readonly #fences: Lanes<FenceBatch["fences"][number], FenceAnswer>;
  readonly #forgets: Lanes<DatedPlace, ForgetAnswer>;
  readonly #jobs: Lanes<Token, Signalled>;
  readonly #looks: Lanes<Place, Marks>;

  constructor(options: SlurmLoginOptions) {
    this.#session = options.session;
    this.#secrets = options.secrets ?? [];
    const journal = new Journal({ ...options, limits: { ...defaultLimits, ...options.limits } });
    this.#journal = journal;
    const { signal } = this.#closing;
    this.#puts = new Lanes(signal, { ...putBatch, sizeOf: bytesOf }, (at) => async (jobs, signal) => {
      using _place = await this.#putPlaces.take(signal);
      return await journal.put(at, jobs, signal);
    });
    this.#fences = new Lanes(signal, many, (at) => (fences, signal) => journal.fence(at, fences, signal));
    this.#forgets = new Lanes(signal, many, (at) => async (places, signal) => {
      using _turn = await this.#forgetTurn.take(signal);
      using _place = await this.#putPlaces.take(signal);
      return await journal.forget(at, places, signal);
    });
    this.#jobs = new Lanes(signal, many, (at) => (tokens, signal) => journal.signalJobs(at, tokens, signal));
    this.#looks = new Lanes(signal, many, () => (places, signal) => journal.look(places, signal));
  }

  async put(job: StagedJob, call: Call): Promise<PutAnswer> {
    return this.#puts.ask(shardKey(job), job, call.signal);
  }

  async void(place: DatedPlace, call: Call): Promise<FenceAnswer> {
    return this.#fences.ask(shardKey(place), { place, verb: "void" }, call.signal);
  }

  async close(place: DatedPlace, call: Call): Promise<FenceAnswer> {
    return this.#fences.ask(shardKey(place), { place, verb: "close" }, call.signal);
  }

  async find(place: Place, call: Call): Promise<readonly number[]> {
    return (await this.#signal(place, "find", call)).ids;
  }

  async cancel(place: Place, call: Call): Promise<readonly number[]> {
    return (await this.#signal(place, "cancel", call)).ids;
  }

  async hold(place: Place, held: boolean, call: Call): Promise<string | undefined> {
    return (await this.#signal(place, held ? "hold" : "release", call)).refusal;
  }

  async readMarks(places: readonly Place[], call: Call): Promise<ReadonlyMap<Token, Marks>> {
    const key = { install: "", shard: 0, verb: "look" } as const;
    const marks = await Promise.all(
      places.map(async (place) => [place.token, await this.#looks.ask(key, place, call.signal)] as const),
    );
    return new Map(marks);
  }

  async readTail(
    file: { path: string; bytes: number; secrets?: readonly string[] },
    call: Call,
  ): Promise<LogEnd | undefined> {
    const secrets = [...this.#secrets, ...(file.secrets ?? [])];
    return this.#journal.tail({ ...file, secrets }, AbortSignal.any([call.signal, this.#closing.signal]));
  }

  async checkDirectory(directory: string, call: Call): Promise<WorkDirectoryCheck> {
    return this.#journal.checkDirectory(directory, AbortSignal.any([call.signal, this.#closing.signal]));
  }

  async listOver(question: OverQuestion, call: Call): Promise<OverPage> {
    const signal = AbortSignal.any([call.signal, this.#closing.signal]);
    using _place = await this.#putPlaces.take(signal);
    return await this.#journal.listOver(question, signal);
  }

  async forget(places: readonly DatedPlace[], call: Call): Promise<ReadonlyMap<Token, ForgetAnswer>> {
    const answers = await Promise.all(
      places.map(async (place) => [place.token, await this.#forget(place, call)] as const),
    );
    return new Map(answers);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new SlurmUnreachable("ConnectionLost", "this login is closed", { mayHaveRun: true }));
    await this.#session[Symbol.asyncDispose]();
  }

  /** What fails for one shard takes nothing from the answers of another. */
  async #forget(place: DatedPlace, call: Call): Promise<ForgetAnswer> {
    try {
      return await this.#forgets.ask(shardKey(place), place, call.signal);
    } catch (error) {
      const isNotSent = error instanceof SlurmUnreachable && !error.mayHaveRun;
      return { is: isNotSent ? "notSent" : "unclear", text: textOf(error) };
    }
  }

  async #signal(place: Place, verb: JobsVerb, call: Call): Promise<Signalled> {
    return this.#jobs.ask({ install: installOf(place), shard: 0, verb }, place.token, call.signal);
  }
}

const many = { mostItems: 256, mostBytes: 256, sizeOf: () => 1 };

const bytesOf = (job: StagedJob): number =>
  job.files.reduce((total, file) => total + file.content.length + 1024, 0);

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const shardKey = (place: Place): BatchKey => ({
  install: installOf(place),
  shard: shardOf(place.token),
  verb: "journal",
});
