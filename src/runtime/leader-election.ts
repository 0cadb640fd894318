import { formatMicroTime } from "../kube/micro-time.ts";
import type { KubeClient } from "../kube/client.ts";
import { type Key, splitKey } from "../kube/key.ts";
import { type Clock, sleep, systemClock } from "./clock.ts";
import {
  type Lease,
  lease,
  leaseResource,
  type LeaseStep,
  nextLeaseStep,
  see,
  type SeenLease,
} from "./lease.ts";
import type { Logger } from "./logger.ts";
import { type LeaderMetrics, noMetrics, type RuntimeMetrics } from "./metrics.ts";

export interface LeaderElectionOptions {
  readonly client: KubeClient;
  /** Namespace and name of the Lease. */
  readonly key: Key;
  /** Unlike that of any other process, also of an earlier one on the same host. */
  readonly identity: string;
  readonly logger: Logger;
  readonly metrics?: RuntimeMetrics;
  readonly clock?: Clock;
  /** How long others respect a lease that is not renewed. client-go: 15 s. */
  readonly leaseMs?: number;
  /** How long we hold on to the lead without a renewal that went through; shorter than the lease. client-go: 10 s. */
  readonly renewDeadlineMs?: number;
  /** Between two tries. client-go: 2 s. */
  readonly retryMs?: number;
}

export class LeadLostError extends Error {
  override readonly name = "LeadLostError";
}

/** How many processes may exist while one of them leads. No fencing: what a leader does has to be safe when done by two for a moment. */
export interface LeaderElection {
  /**
   * Waits for the lead, runs `work` while it lasts, and gives it back when `work` has ended.
   * @throws LeadLostError at once, without waiting for `work`: the process has to end before another one leads
   */
  lead(stop: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void>;
}

export function createLeaderElection(options: LeaderElectionOptions): LeaderElection {
  return new LeaseElection(options);
}

class LeaseElection implements LeaderElection {
  readonly #options: LeaderElectionOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #metrics: LeaderMetrics;
  readonly #leaseMs: number;
  readonly #renewDeadlineMs: number;
  readonly #retryMs: number;
  #seen: SeenLease | undefined;
  /** Monotonic milliseconds. */
  #renewedAt = 0;

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger.child({ lease: options.key, identity: options.identity });
    this.#metrics = (options.metrics ?? noMetrics).leader(options.key);
    this.#leaseMs = options.leaseMs ?? 15_000;
    this.#renewDeadlineMs = options.renewDeadlineMs ?? 10_000;
    this.#retryMs = options.retryMs ?? 2_000;
    if (this.#renewDeadlineMs >= this.#leaseMs || this.#retryMs * 1.2 >= this.#renewDeadlineMs) {
      throw new RangeError(
        `leader election: need 1.2 * retry (${this.#retryMs} ms) < renew deadline (${this.#renewDeadlineMs} ms) < lease (${this.#leaseMs} ms)`,
      );
    }
  }

  async lead(stop: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (!(await this.#acquire(stop))) return;
    this.#logger.info("this process leads");
    this.#metrics.changed(true);
    const workStop = new AbortController();
    const abort = (): void => workStop.abort();
    stop.addEventListener("abort", abort, { once: true });
    if (stop.aborted) abort();
    const workEnded = new AbortController();
    const renewing = this.#renewUntil(workEnded.signal);
    const working = work(workStop.signal).finally(() => workEnded.abort());
    // Whichever ends first: the work, or the lead. When both, the work's own error is reported below.
    working.catch(() => undefined);
    const isKept = await renewing;
    stop.removeEventListener("abort", abort);
    this.#metrics.changed(false);
    if (!isKept) {
      abort();
      throw new LeadLostError(
        `lease ${this.#options.key} was not renewed within ${this.#renewDeadlineMs} ms`,
      );
    }
    await this.#release();
    await working;
  }

  /** False when stopped before. */
  async #acquire(stop: AbortSignal): Promise<boolean> {
    while (!stop.aborted) {
      if (await this.#tryOnce(stop)) return true;
      await sleep(this.#clock, this.#retryMs * (1 + 0.2 * Math.random()), stop);
    }
    return false;
  }

  /** True when it ended by the signal, false when the deadline passed without a renewal: then at once, whatever hangs. */
  async #renewUntil(ended: AbortSignal): Promise<boolean> {
    for (;;) {
      if (!(await this.#renewOnce(ended))) return ended.aborted;
      await sleep(this.#clock, this.#retryMs, ended);
      if (ended.aborted) return true;
    }
  }

  /** Tries until one renewal has gone through, the deadline has passed, or the work has ended. */
  async #renewOnce(ended: AbortSignal): Promise<boolean> {
    const limit = new AbortController();
    const abort = (): void => limit.abort();
    ended.addEventListener("abort", abort, { once: true });
    if (ended.aborted) abort();
    // Counted from the last write that is known to have gone through: that is when the lease of others' clocks began at the latest.
    const leftMs = this.#renewedAt + this.#renewDeadlineMs - this.#clock.now();
    using _deadline = this.#clock.startTimer(leftMs, abort);
    try {
      while (!limit.signal.aborted) {
        if (await this.#tryOnce(limit.signal)) return true;
        await sleep(this.#clock, this.#retryMs, limit.signal);
      }
      return false;
    } finally {
      ended.removeEventListener("abort", abort);
    }
  }

  /** One look and, where it is ours to write, one write. Never throws: a failure is no lead. */
  async #tryOnce(signal: AbortSignal): Promise<boolean> {
    const { client, key, identity } = this.#options;
    const startedAt = this.#clock.now();
    const limits = { signal, timeoutMs: this.#renewDeadlineMs / 2, tries: 1 };
    try {
      const found = await client.find(leaseResource, key, lease, limits);
      const now = this.#clock.now();
      this.#seen = found === undefined ? undefined : see(this.#seen, { lease: found, at: now });
      const step = nextLeaseStep(this.#seen, { identity, now });
      if (step === "standBy") return false;
      this.#seen = { lease: await this.#write(step, limits), at: this.#clock.now() };
      // Not when the answer came: the others may have seen the write long before.
      this.#renewedAt = startedAt;
      return true;
    } catch (error) {
      if (!signal.aborted) this.#logger.warn({ err: error }, "the lease could not be read or written");
      return false;
    }
  }

  async #write(
    step: Exclude<LeaseStep, "standBy">,
    limits: { signal: AbortSignal; timeoutMs: number; tries: number },
  ): Promise<Lease> {
    const { client, key, identity } = this.#options;
    const time = formatMicroTime(this.#clock.wallTime());
    const renewed = {
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(this.#leaseMs / 1000),
      renewTime: time,
    };
    const { namespace, name } = splitKey(key);
    if (step === "create") {
      const spec = { ...renewed, acquireTime: time, leaseTransitions: 0 };
      return client.create(
        leaseResource,
        { namespace, object: { metadata: { name }, spec }, ...limits },
        lease,
      );
    }
    const transitions = (this.#seen?.lease.spec.leaseTransitions ?? 0) + 1;
    const spec =
      step === "renew" ? renewed : { ...renewed, acquireTime: time, leaseTransitions: transitions };
    return this.#patch(spec, limits);
  }

  async #patch(
    spec: object,
    limits: { signal?: AbortSignal; timeoutMs: number; tries: number },
  ): Promise<Lease> {
    const version = this.#seen?.lease.metadata.resourceVersion;
    // Without the version two processes could both take over the same lease.
    if (version === undefined) throw new Error("a lease is only written after it was read");
    const request = { merge: { spec }, resourceVersion: version, ...limits };
    return this.#options.client.mergePatch(leaseResource, this.#options.key, request, lease);
  }

  /** The next process need not wait for the lease to run out. Best effort: on failure it waits. */
  async #release(): Promise<void> {
    try {
      const time = formatMicroTime(this.#clock.wallTime());
      await this.#patch(
        { holderIdentity: "", leaseDurationSeconds: 1, renewTime: time },
        { timeoutMs: 5_000, tries: 1 },
      );
      this.#logger.info("the lease is released");
    } catch (error) {
      this.#logger.warn({ err: error }, "the lease could not be released");
    }
  }
}
