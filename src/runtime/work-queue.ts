import type { Key } from "../kube/key.ts";
import type { Clock } from "./clock.ts";
import { DelayHeap } from "./delay-heap.ts";
import type { QueueProbe, WorkQueueMetrics } from "./metrics.ts";
import { priorities, type Priority } from "./priority.ts";
import { RetryLimiter } from "./retry-limiter.ts";

/** The queue holds as many distinct keys as it may; whoever adds has to look at all objects again once there is room. */
export class QueueFullError extends Error {
  override readonly name = "QueueFullError";
}

export interface WorkQueueOptions {
  readonly clock: Clock;
  readonly metrics: WorkQueueMetrics;
  /** Distinct keys that wait or are delayed, at most. */
  readonly capacity?: number;
}

const defaultCapacity = 200_000;

/**
 * client-go's work queue: a key waits at most once; a key in work is never handed out a second time, and if it is added meanwhile it
 * waits again when it is done. So one key is worked on by one worker at a time, and no change is missed.
 * Source: client-go util/workqueue (queue.go, delaying_queue.go, rate_limiting_queue.go); priorities as in controller-runtime.
 *
 * A delayed add is a wish of its own: an immediate add of the same key does not cancel it. Of two delayed adds the earlier stays.
 */
export class WorkQueue implements QueueProbe {
  readonly #clock: Clock;
  readonly #metrics: WorkQueueMetrics;
  readonly #capacity: number;
  readonly #limiter: RetryLimiter;
  /** In the order of arrival; highest priority first. */
  readonly #ready = new Map<Priority, Map<Key, number>>(priorities.map((priority) => [priority, new Map()]));
  /** Keys in work and since when. */
  readonly #processing = new Map<Key, number>();
  /** Keys in work that have been added meanwhile. */
  readonly #dirty = new Map<Key, Priority>();
  readonly #delayed = new DelayHeap();
  /** Of those, the ones that let others go first. */
  readonly #yielding = new Set<Key>();
  readonly #takers: ((key: Key | undefined) => void)[] = [];
  #timer: { readonly dueAt: number; readonly handle: Disposable } | undefined;
  #isShutDown = false;

  constructor(options: WorkQueueOptions) {
    this.#clock = options.clock;
    this.#metrics = options.metrics;
    this.#capacity = options.capacity ?? defaultCapacity;
    this.#limiter = new RetryLimiter(options.clock.now());
    this.#metrics.probe(this);
  }

  /** @throws QueueFullError */
  add(key: Key, priority: Priority = 0): void {
    if (this.#isShutDown) return;
    if (this.#processing.has(key)) {
      const known = this.#dirty.get(key);
      if (known === undefined) this.#metrics.added();
      this.#dirty.set(key, known === undefined ? priority : higher(known, priority));
      return;
    }
    if (this.#isReady(key)) {
      this.#raise(key, priority);
      return;
    }
    this.#checkRoom(key);
    this.#metrics.added();
    this.#queue(priority).set(key, this.#clock.now());
    this.#serveTaker();
  }

  /** Adds after a time. Of several wishes for one key the highest priority counts. @throws QueueFullError */
  addAfter(key: Key, milliseconds: number, priority: Priority = 0): void {
    if (this.#isShutDown) return;
    if (milliseconds <= 0) {
      this.add(key, priority);
      return;
    }
    this.#checkRoom(key);
    if (priority === 0) this.#yielding.delete(key);
    else if (!this.#delayed.has(key)) this.#yielding.add(key);
    this.#delayed.add(key, this.#clock.now() + milliseconds);
    this.#startTimer();
  }

  /** Adds after the time that the key's failures so far ask for. @throws QueueFullError */
  addRateLimited(key: Key): void {
    if (this.#isShutDown) return;
    this.#metrics.retried();
    this.addAfter(key, this.#limiter.next(key, this.#clock.now()));
  }

  /** The key's next failure is its first again. */
  forget(key: Key): void {
    this.#limiter.forget(key);
  }

  failures(key: Key): number {
    return this.#limiter.failures(key);
  }

  /** The next key, which is then in work until `done`; undefined once the queue is shut down. */
  async take(): Promise<Key | undefined> {
    if (this.#isShutDown) return undefined;
    const key = this.#takeReady();
    if (key !== undefined) return key;
    const { promise, resolve } = Promise.withResolvers<Key | undefined>();
    this.#takers.push(resolve);
    return promise;
  }

  /** The work on a key that was taken has ended, well or not. */
  done(key: Key): void {
    const since = this.#processing.get(key);
    if (since === undefined) return;
    this.#processing.delete(key);
    this.#metrics.worked((this.#clock.now() - since) / 1000);
    const priority = this.#dirty.get(key);
    this.#dirty.delete(key);
    if (priority === undefined || this.#isShutDown) return;
    this.#queue(priority).set(key, this.#clock.now());
    this.#serveTaker();
  }

  /** Nothing is taken in or handed out any more; what waits is dropped, for the next start lists everything anyway. */
  shutDown(): void {
    this.#isShutDown = true;
    this.#timer?.handle[Symbol.dispose]();
    this.#timer = undefined;
    this.#delayed.clear();
    this.#yielding.clear();
    this.#dirty.clear();
    for (const queue of this.#ready.values()) queue.clear();
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }

  /** Keys that wait or are delayed. */
  get size(): number {
    return priorities.reduce((sum, priority) => sum + this.depth(priority), this.#delayed.size);
  }

  get hasRoom(): boolean {
    return !this.#isShutDown && this.size < this.#capacity;
  }

  depth(priority: Priority): number {
    return this.#queue(priority).size;
  }

  unfinished(): { totalSeconds: number; longestSeconds: number } {
    const now = this.#clock.now();
    let totalSeconds = 0;
    let longestSeconds = 0;
    for (const since of this.#processing.values()) {
      const seconds = (now - since) / 1000;
      totalSeconds += seconds;
      longestSeconds = Math.max(longestSeconds, seconds);
    }
    return { totalSeconds, longestSeconds };
  }

  #queue(priority: Priority): Map<Key, number> {
    const queue = this.#ready.get(priority);
    if (queue === undefined) throw new RangeError(`no queue for priority ${priority}`);
    return queue;
  }

  #isReady(key: Key): boolean {
    return priorities.some((priority) => this.#queue(priority).has(key));
  }

  #raise(key: Key, priority: Priority): void {
    for (const lower of priorities) {
      const since = this.#queue(lower).get(key);
      if (since === undefined || lower >= priority) continue;
      this.#queue(lower).delete(key);
      this.#queue(priority).set(key, since);
    }
  }

  #checkRoom(key: Key): void {
    if (this.size < this.#capacity || this.#isReady(key) || this.#delayed.has(key)) return;
    throw new QueueFullError(`the queue holds ${this.#capacity} keys; ${key} does not fit`);
  }

  #takeReady(): Key | undefined {
    for (const priority of priorities) {
      const queue = this.#queue(priority);
      for (const [key, since] of queue) {
        queue.delete(key);
        const now = this.#clock.now();
        this.#processing.set(key, now);
        this.#metrics.queued((now - since) / 1000);
        return key;
      }
    }
    return undefined;
  }

  #serveTaker(): void {
    if (this.#takers.length === 0) return;
    const key = this.#takeReady();
    if (key !== undefined) this.#takers.shift()?.(key);
  }

  /** One timer for all delayed keys, set to the earliest. */
  #startTimer(): void {
    const dueAt = this.#delayed.earliest;
    if (dueAt === undefined || (this.#timer !== undefined && this.#timer.dueAt <= dueAt)) return;
    this.#timer?.handle[Symbol.dispose]();
    const handle = this.#clock.startTimer(dueAt - this.#clock.now(), () => this.#releaseDue());
    this.#timer = { dueAt, handle };
  }

  #releaseDue(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    for (let key = this.#delayed.takeDue(now); key !== undefined; key = this.#delayed.takeDue(now)) {
      this.add(key, this.#yielding.delete(key) ? -100 : 0);
    }
    this.#startTimer();
  }
}

function higher(a: Priority, b: Priority): Priority {
  return a >= b ? a : b;
}
