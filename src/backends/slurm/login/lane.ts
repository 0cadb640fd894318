import { setTimeout as sleep } from "node:timers/promises";

/** Where many wait, a batch may wait for more of them: what it costs beside its items is shared. */
export interface Gathering {
  /** Asked before each batch. */
  readonly isCrowded: () => boolean;
  /** Milliseconds from the begin of one batch to that of the next, at most; one that is full does not wait. */
  readonly ms: number;
}

/** What one lane carries, and how. */
export interface LaneOptions<Item, Answer> {
  readonly mostItems: number;
  /** Of `sizeOf` together; a single larger item goes alone. */
  readonly mostBytes: number;
  readonly sizeOf: (item: Item) => number;
  readonly gathering?: Gathering;
  /** @returns an answer for each item, in their order; a rejection is everybody's */
  readonly run: (items: readonly Item[], signal: AbortSignal) => Promise<readonly Answer[]>;
}

interface Waiter<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Gathers what waits at the same moment into one batch, one batch at a time: while one is under way, the next one fills.
 * A caller who gives up while waiting is taken out; one who gives up later leaves his item to its fate.
 */
export class Lane<Item, Answer> {
  readonly #options: LaneOptions<Item, Answer>;
  readonly #signal: AbortSignal;
  readonly #waiting: Waiter<Item, Answer>[] = [];
  #isDriving = false;
  /** By the steady clock. */
  #lastBegan = -Infinity;
  #filling: AbortController | undefined;

  /** @param signal ends the lane: what waits and what runs is rejected with its reason */
  constructor(options: LaneOptions<Item, Answer>, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#filling?.abort(), { once: true });
  }

  async ask(item: Item, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted();
    this.#signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const waiter: Waiter<Item, Answer> = { item, resolve, reject };
    const leave = (): void => {
      const index = this.#waiting.indexOf(waiter);
      if (index >= 0) this.#waiting.splice(index, 1);
      reject(signal.reason);
    };
    this.#waiting.push(waiter);
    if (this.#waiting.length >= this.#options.mostItems) this.#filling?.abort();
    signal.addEventListener("abort", leave, { once: true });
    if (!this.#isDriving) void this.#drive();
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  /** Never rejects: a batch's failure is told to those who wait for it. */
  async #drive(): Promise<void> {
    this.#isDriving = true;
    // Everybody who is about to ask in this turn of the event loop comes along.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      await this.#fill();
      // Whoever waited may have given up meanwhile.
      if (this.#waiting.length > 0) await this.#runBatch(this.#nextBatch());
    }
    this.#isDriving = false;
  }

  async #fill(): Promise<void> {
    const { gathering, mostItems } = this.#options;
    if (gathering === undefined || this.#waiting.length >= mostItems || !gathering.isCrowded()) return;
    const left = this.#lastBegan + gathering.ms - performance.now();
    if (left <= 0 || this.#signal.aborted) return;
    const filling = new AbortController();
    this.#filling = filling;
    await sleep(left, undefined, { signal: filling.signal }).catch(() => undefined);
    this.#filling = undefined;
  }

  #nextBatch(): readonly Waiter<Item, Answer>[] {
    const { mostItems, mostBytes, sizeOf } = this.#options;
    let count = 0;
    let bytes = 0;
    for (const waiter of this.#waiting) {
      bytes += sizeOf(waiter.item);
      if (count === mostItems || (count > 0 && bytes > mostBytes)) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #runBatch(batch: readonly Waiter<Item, Answer>[]): Promise<void> {
    this.#lastBegan = performance.now();
    try {
      this.#signal.throwIfAborted();
      const answers = await this.#options.run(
        batch.map((waiter) => waiter.item),
        this.#signal,
      );
      for (const [index, waiter] of batch.entries()) {
        const answer = answers[index];
        if (answer === undefined)
          waiter.reject(new Error("a batch gave fewer answers than it was asked for"));
        else waiter.resolve(answer);
      }
    } catch (error) {
      for (const waiter of batch) waiter.reject(error);
    }
  }
}
