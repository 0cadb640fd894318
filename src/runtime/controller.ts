import { randomUUID } from "node:crypto";
import type { Key } from "../kube/key.ts";
import { Backlog } from "./backlog.ts";
import { type Clock, sleep, systemClock } from "./clock.ts";
import type { Logger } from "./logger.ts";
import { type ControllerMetrics, noMetrics, type ReconcileOutcome, type RuntimeMetrics } from "./metrics.ts";
import { policyOf, type Result } from "./outcome.ts";
import type { Priority } from "./priority.ts";
import type { Source } from "./source.ts";
import { QueueFullError, WorkQueue } from "./work-queue.ts";

export interface ReconcileContext {
  /** Fires at the time limit, and when the process can wait no longer. */
  readonly signal: AbortSignal;
  /** Carries controller, object and reconcileId. */
  readonly logger: Logger;
  readonly reconcileId: string;
}

/** Makes the world fit one object. Gets a key and nothing else: why it was woken must not matter. */
export type Reconcile = (key: Key, context: ReconcileContext) => Promise<Result>;

export interface ControllerOptions {
  readonly name: string;
  readonly sources: readonly Source[];
  readonly reconcile: Reconcile;
  readonly logger: Logger;
  /** Keys in work at a time; never two of the same key. */
  readonly concurrency?: number;
  readonly reconcileTimeoutMs?: number;
  readonly queueCapacity?: number;
  readonly metrics?: RuntimeMetrics;
  readonly clock?: Clock;
}

export interface Controller {
  readonly name: string;
  /** Wakes a key from outside, for pollers. Before `run` it waits, after the stop it is ignored. */
  enqueue(key: Key, options?: { readonly afterMs?: number }): void;
  /** True when all sources hold a whole state. */
  hasSynced(): boolean;
  /**
   * Works until `stop` fires: then takes nothing new, lets what is in work finish for `graceMs`, then fires its signals.
   * Resolves with the keys that ended not even then.
   */
  run(options: { readonly stop: AbortSignal; readonly graceMs?: number }): Promise<readonly Key[]>;
}

const defaultTimeoutMs = 120_000;
const defaultGraceMs = 30_000;
/** What a reconcile may take to notice that its signal has fired. */
const afterAbortMs = 5_000;

/** Connects sources, a work queue and a reconcile function. An error of one key never touches another. */
export function createController(options: ControllerOptions): Controller {
  return new QueueController(options);
}

class QueueController implements Controller {
  readonly name: string;
  readonly #options: ControllerOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #metrics: ControllerMetrics;
  readonly #queue: WorkQueue;
  readonly #aborting = new AbortController();
  readonly #working = new Set<Key>();
  readonly #backlog: Backlog;

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.name = options.name;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger.child({ controller: options.name });
    const metrics = options.metrics ?? noMetrics;
    this.#metrics = metrics.controller(options.name);
    this.#metrics.configured(options.concurrency ?? 1);
    this.#queue = new WorkQueue({
      clock: this.#clock,
      metrics: metrics.queue(options.name),
      ...(options.queueCapacity === undefined ? {} : { capacity: options.queueCapacity }),
    });
    this.#backlog = new Backlog(() => keysOf(options.sources));
    for (const source of options.sources) source.connect((key, priority) => this.#add(key, priority));
  }

  enqueue(key: Key, options: { readonly afterMs?: number } = {}): void {
    this.#guardOverflow(() => this.#queue.addAfter(key, options.afterMs ?? 0));
  }

  hasSynced(): boolean {
    return this.#options.sources.every((source) => source.hasSynced());
  }

  async run(options: { readonly stop: AbortSignal; readonly graceMs?: number }): Promise<readonly Key[]> {
    const { stop, graceMs = defaultGraceMs } = options;
    const shutDown = (): void => this.#queue.shutDown();
    stop.addEventListener("abort", shutDown, { once: true });
    if (stop.aborted) shutDown();
    const workers = Promise.all(
      Array.from({ length: this.#options.concurrency ?? 1 }, async () => this.#work()),
    );
    const ended = new AbortController();
    const allEnded = workers.then(() => ended.abort());
    await Promise.race([allEnded, whenAborted(stop)]);
    await sleep(this.#clock, graceMs, ended.signal);
    if (!ended.signal.aborted) {
      this.#logger.warn({ objects: [...this.#working] }, "reconciles are cut off, the time to stop is over");
      this.#aborting.abort();
      await sleep(this.#clock, afterAbortMs, ended.signal);
    }
    stop.removeEventListener("abort", shutDown);
    return [...this.#working];
  }

  async #work(): Promise<void> {
    for (let key = await this.#queue.take(); key !== undefined; key = await this.#queue.take()) {
      this.#working.add(key);
      this.#metrics.activeWorkers(1);
      try {
        await this.#reconcile(key);
      } finally {
        this.#metrics.activeWorkers(-1);
        this.#working.delete(key);
        this.#queue.done(key);
        this.#lookAgain();
      }
    }
  }

  /** Never throws: whatever happens to one key is counted, logged and turned into its next turn. */
  async #reconcile(key: Key): Promise<void> {
    const reconcileId = randomUUID();
    const logger = this.#logger.child({ object: key, reconcileId });
    const startedAt = this.#clock.now();
    const seconds = (): number => (this.#clock.now() - startedAt) / 1000;
    const limit = new AbortController();
    const abort = (): void => limit.abort();
    this.#aborting.signal.addEventListener("abort", abort, { once: true });
    if (this.#aborting.signal.aborted) abort();
    const timeoutMs = this.#options.reconcileTimeoutMs ?? defaultTimeoutMs;
    using _timer = this.#clock.startTimer(timeoutMs, () => {
      this.#metrics.failed("timeout");
      // The key stays in work until the promise settles: two reconciles of one key side by side would be worse than a slow one.
      logger.warn({ timeoutMs }, "reconcile takes longer than its time limit, its signal is fired");
      abort();
    });
    try {
      const result = await this.#options.reconcile(key, { signal: limit.signal, logger, reconcileId });
      this.#metrics.finished(this.#takeResult(key, result), seconds());
    } catch (error) {
      this.#metrics.finished(this.#takeError(key, error, logger), seconds());
    } finally {
      this.#aborting.signal.removeEventListener("abort", abort);
    }
  }

  #takeResult(key: Key, result: Result): ReconcileOutcome {
    this.#queue.forget(key);
    if (result.is === "done") return "success";
    this.#guardOverflow(() => this.#queue.addAfter(key, result.ms, result.priority));
    return "requeue_after";
  }

  #takeError(key: Key, error: unknown, logger: Logger): ReconcileOutcome {
    const policy = policyOf(error);
    switch (policy.is) {
      case "terminal":
        this.#metrics.failed("terminal");
        this.#queue.forget(key);
        logger.error({ err: error }, "reconcile failed for good, it waits for a change");
        return "error";
      case "retryAfter":
        this.#queue.forget(key);
        this.#guardOverflow(() => this.#queue.addAfter(key, policy.ms));
        logger.info({ err: error, retryAfterMs: policy.ms }, "reconcile waits");
        return "requeue_after";
      case "backOff":
        if (policy.isPanic) this.#metrics.failed("panic");
        this.#guardOverflow(() => this.#queue.addRateLimited(key));
        logger.error(
          { err: error, failures: this.#queue.failures(key) },
          "reconcile failed, it is tried again",
        );
        return "error";
    }
  }

  #add(key: Key, priority: Priority): void {
    this.#guardOverflow(() => this.#queue.add(key, priority));
  }

  /** A full queue loses no key: see Backlog. */
  #guardOverflow(add: () => void): void {
    try {
      add();
    } catch (error) {
      if (!(error instanceof QueueFullError)) throw error;
      if (this.#backlog.owe()) logFull(this.#logger, error);
    }
  }

  #lookAgain(): void {
    while (this.#queue.hasRoom) {
      const key = this.#backlog.next();
      if (key === undefined) return;
      this.#queue.add(key, -100);
    }
  }
}

function logFull(logger: Logger, error: QueueFullError): void {
  logger.error(
    { err: error },
    "the work queue is full, all objects will be looked at again when there is room",
  );
}

function* keysOf(sources: readonly Source[]): Generator<Key, void, void> {
  for (const source of sources) yield* source.allKeys();
}

async function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
