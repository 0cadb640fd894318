import { instant, type Instant } from "../../../core/instant.ts";
import { isEnded, isFinal } from "../../../core/slurm/job-state-phase.ts";
import type { Token } from "../../../core/slurm/token.ts";
import type { Call, ClusterPoller, Snapshot } from "../backend.ts";
import { Accounting } from "./accounting.ts";
import type { SoughtJob } from "./accounting-question.ts";
import { pollFailure, PollFailure } from "./failure.ts";
import { systemClock, type PollClock } from "./poll-clock.ts";
import type { PollHealth } from "./poll-health.ts";
import { noRows, type QueueAnswer, type RowsByToken } from "./queue-answer.ts";
import { askQueue, type Whose } from "./queue-question.ts";
import type { RemoteCommands } from "./remote-commands.ts";
import { changedTokens } from "./snapshot-change.ts";
import { SnapshotWaiters } from "./snapshot-waiters.ts";
import { nextTick, type Rhythm } from "./tick-schedule.ts";

export interface PollerOptions {
  /** Of the login that asks: the observer, or one user. */
  readonly commands: RemoteCommands;
  /** `Mine` where no login may see all jobs; then each login has a poller of its own, and one that fails stops no other. */
  readonly whose: Whose;
  /** This install's id: rows of others are dropped. */
  readonly install: string;
  readonly binDirectory?: string | undefined;
  readonly polling: { readonly intervalSeconds: number; readonly floorSeconds: number };
  /** For one question, connecting and waiting for a place included. */
  readonly queryTimeLimitMs?: number;
  /** Told of every question that was sent. */
  readonly asked?: (query: AskedQuery) => void;
  /** Told of what a subscriber threw. */
  readonly reportError?: (error: unknown) => void;
  readonly clock?: PollClock;
  readonly random?: () => number;
}

export interface AskedQuery {
  readonly command: "squeue" | "sacct";
  readonly isGood: boolean;
}

/** A poller whose own state can be seen: the cluster's conditions are made of it. */
export interface WatchedPoller extends ClusterPoller {
  readonly health: PollHealth;
  /** Called after each question. @returns unsubscribe */
  subscribeHealth(told: (health: PollHealth) => void): () => void;
}

const defaultTimeLimitMs = 60_000;
const longestPauseMs = 60_000;
/** Whatever a site allows: one question after another without a pause would be a load test. */
const leastFloorMs = 200;

/** Starts to watch a cluster; the first question goes out at once. Dispose it to stop. */
export function startPoller(options: PollerOptions): WatchedPoller {
  return new Poller(options);
}

class Poller implements WatchedPoller {
  readonly #options: PollerOptions;
  readonly #clock: PollClock;
  readonly #rhythm: Rhythm;
  readonly #accounting: Accounting;
  readonly #waiters = new SnapshotWaiters();
  readonly #subscribers = new Set<(tokens: readonly Token[]) => void>();
  readonly #healthSubscribers = new Set<(health: PollHealth) => void>();
  readonly #closing = new AbortController();
  readonly #watching: Promise<void>;
  #alarm = new AbortController();
  #latest: Snapshot | undefined;
  #health: PollHealth = { lastGood: undefined, failing: undefined };
  #lastBegun = Number.NEGATIVE_INFINITY;
  #sinceHurry = 0;
  #nextEnd: number | undefined;
  #isSuspicious = false;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    const { intervalSeconds, floorSeconds } = options.polling;
    this.#rhythm = {
      interval: intervalSeconds * 1_000,
      floor: Math.max(floorSeconds * 1_000, leastFloorMs),
      longestPause: longestPauseMs,
    };
    this.#accounting = new Accounting({
      ...this.#remoteCall(),
      install: options.install,
      clockAhead: () => this.#health.lastGood?.clockAheadMs ?? 0,
      asked: ({ isGood }) => options.asked?.({ command: "sacct", isGood }),
    });
    this.#watching = this.#watch();
  }

  get latest(): Snapshot | undefined {
    return this.#latest;
  }

  get health(): PollHealth {
    return this.#health;
  }

  subscribe(changed: (tokens: readonly Token[]) => void): () => void {
    this.#subscribers.add(changed);
    return () => this.#subscribers.delete(changed);
  }

  subscribeHealth(told: (health: PollHealth) => void): () => void {
    this.#healthSubscribers.add(told);
    return () => this.#healthSubscribers.delete(told);
  }

  hurry(): void {
    this.#sinceHurry = 0;
    this.#alarm.abort();
  }

  /**
   * @throws PollFailure at once while questions fail (the next good answer may be minutes away), or when the question that would have served fails;
   * the reason of `call.signal`
   */
  async begunAfter(moment: Instant, call: Call): Promise<Snapshot> {
    call.signal.throwIfAborted();
    this.#closing.signal.throwIfAborted();
    if (this.#latest !== undefined && this.#latest.begun > moment) return this.#latest;
    if (this.#health.failing !== undefined) throw this.#health.failing.error;
    const snapshot = this.#waiters.wait(moment, call.signal);
    this.hurry();
    return snapshot;
  }

  /** @throws PollFailure when sacct fails */
  accounting(jobs: readonly SoughtJob[], call: Call): Promise<RowsByToken | undefined> {
    return this.#accounting.find(jobs, call.signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new PollFailure("Unreachable", "this poller is closed");
    this.#closing.abort(closed);
    this.#waiters.fail(closed);
    await this.#watching;
  }

  async #watch(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const begun = instant(this.#clock.now());
      const wall = instant(this.#clock.wallTime());
      this.#lastBegun = begun;
      this.#sinceHurry += 1;
      try {
        this.#accept({ begun, wall }, await this.#ask());
      } catch (error) {
        if (!this.#closing.signal.aborted) this.#fail(begun, pollFailure(error));
      }
      await this.#untilDue();
    }
  }

  async #ask(): Promise<QueueAnswer & { readonly remoteTime: Instant }> {
    const { install, whose, asked } = this.#options;
    let isGood = false;
    try {
      const previous = this.#latest?.rows ?? noRows;
      const answer = await askQueue(this.#remoteCall(), { install, whose, previous });
      isGood = true;
      return answer;
    } finally {
      asked?.({ command: "squeue", isGood });
    }
  }

  #accept({ begun, wall }: Asked, answer: QueueAnswer & { readonly remoteTime: Instant }): void {
    const before = this.#latest;
    // One good answer proves nothing when it lacks everything: a controller that was restarted or thawed may not have read its jobs yet.
    this.#isSuspicious =
      !this.#isSuspicious && answer.rows.size === 0 && before !== undefined && hasLive(before);
    this.#health = { lastGood: this.#goodPoll(wall, answer), failing: undefined };
    if (!this.#isSuspicious) {
      const { rows, unreadable } = answer;
      const snapshot = { begun, tick: (before?.tick ?? 0) + 1, rows, unreadable };
      this.#latest = snapshot;
      this.#nextEnd = nextEndOf(rows, { now: begun, ahead: answer.remoteTime - begun });
      this.#tell(this.#subscribers, changedTokens(before?.rows ?? noRows, rows));
      this.#waiters.serve(snapshot);
    }
    this.#tell(this.#healthSubscribers, this.#health);
  }

  #fail(begun: Instant, error: PollFailure): void {
    const { failing, lastGood } = this.#health;
    this.#health = {
      lastGood,
      failing: { since: failing?.since ?? begun, failures: (failing?.failures ?? 0) + 1, error },
    };
    this.#waiters.fail(error);
    this.#tell(this.#healthSubscribers, this.#health);
  }

  #goodPoll(wall: Instant, answer: QueueAnswer & { readonly remoteTime: Instant }): PollHealth["lastGood"] {
    return {
      at: wall,
      clockAheadMs: answer.remoteTime - wall,
      rows: {
        total: answer.total,
        ours: [...answer.rows.values()].reduce((sum, rows) => sum + rows.length, 0),
      },
      unreadable: { tokens: answer.unreadable.size, samples: answer.samples },
    };
  }

  #tell<T>(listeners: ReadonlySet<(news: T) => void>, news: T): void {
    if (Array.isArray(news) && news.length === 0) return;
    for (const listener of listeners) {
      try {
        listener(news);
      } catch (error) {
        this.#options.reportError?.(error);
      }
    }
  }

  async #untilDue(): Promise<void> {
    const jitter = (this.#options.random ?? Math.random)();
    while (!this.#closing.signal.aborted) {
      const due = nextTick(this.#rhythm, {
        last: this.#lastBegun,
        failures: this.#health.failing?.failures ?? 0,
        sinceHurry: this.#sinceHurry,
        nextEnd: this.#nextEnd,
        isSuspicious: this.#isSuspicious,
        jitter,
      });
      const left = due - this.#clock.now();
      if (left <= 0) return;
      this.#alarm = new AbortController();
      await this.#clock.wait(left, AbortSignal.any([this.#closing.signal, this.#alarm.signal]));
    }
  }

  #remoteCall() {
    return {
      commands: this.#options.commands,
      binDirectory: this.#options.binDirectory,
      timeLimitMs: this.#options.queryTimeLimitMs ?? defaultTimeLimitMs,
      signal: this.#closing.signal,
    };
  }
}

/** When a question was begun. */
interface Asked {
  readonly begun: Instant;
  readonly wall: Instant;
}

function hasLive(snapshot: Snapshot): boolean {
  return [...snapshot.rows.values()].some((rows) => rows.some((row) => !isFinal(row)));
}

/** When, by our clock, the next running job reaches its limit. */
function nextEndOf(
  rows: RowsByToken,
  clock: { readonly now: number; readonly ahead: number },
): number | undefined {
  let next: number | undefined;
  for (const row of [...rows.values()].flat()) {
    if (row.startedAt === undefined || row.timeLimitSeconds === undefined || isEnded(row.state)) continue;
    const end = row.startedAt + row.timeLimitSeconds * 1_000 - clock.ahead;
    if (end > clock.now && (next === undefined || end < next)) next = end;
  }
  return next;
}
