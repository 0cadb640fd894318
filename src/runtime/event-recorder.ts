import { asKubeFailure, type KubeFailure } from "../kube/errors.ts";
import type { KubeClient } from "../kube/client.ts";
import { keyOf } from "../kube/key.ts";
import { writtenObject } from "../kube/metadata.ts";
import { type Clock, sleep, systemClock } from "./clock.ts";
import {
  eventBody,
  eventNamespace,
  type EventRecord,
  eventResource,
  type Reporter,
  seriesChange,
} from "./event.ts";
import { EventSeries, type Series } from "./event-series.ts";
import type { Logger } from "./logger.ts";
import { type EventMetrics, noMetrics } from "./metrics.ts";

/** Tells people what happened, beside the status. Recording never waits, never throws, and may be dropped under load. */
export interface EventRecorder extends AsyncDisposable {
  record(event: EventRecord): void;
  /** Sends what is pending, at most for so long. Disposing does it too, with 5 s, and takes nothing afterwards. */
  flush(timeoutMs?: number): Promise<void>;
}

export interface EventRecorderOptions {
  readonly client: KubeClient;
  readonly reporter: Reporter;
  readonly logger: Logger;
  readonly metrics?: EventMetrics;
  readonly clock?: Clock;
  /** Milliseconds between two updates of one series. */
  readonly seriesIntervalMs?: number;
}

const limits = { capacity: 1000, quietMs: 360_000, burst: 25, refillMs: 30_000 };
const defaultSeriesIntervalMs = 30_000;
const flushMs = 5_000;
const sendTimeoutMs = 10_000;
const mostTries = 5;

export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  return new QueuedRecorder(options);
}

class QueuedRecorder implements EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #clock: Clock;
  readonly #metrics: EventMetrics;
  readonly #series = new EventSeries(limits);
  readonly #closing = new AbortController();
  #sending: Promise<void> | undefined;
  #timer: Disposable | undefined;
  #isClosed = false;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#metrics = options.metrics ?? noMetrics.events;
  }

  record(event: EventRecord): void {
    if (this.#isClosed) return;
    const noted = this.#series.note(event, this.#clock.now(), this.#clock.wallTime());
    if (noted === "limited" || noted === "dropped") {
      this.#metrics.recorded(noted);
      return;
    }
    this.#pump();
  }

  async flush(timeoutMs: number = flushMs): Promise<void> {
    const limit = new AbortController();
    const before = this.#sending ?? Promise.resolve();
    const sent = before.then(async () => this.#sendPending(limit.signal)).finally(() => limit.abort());
    this.#start(sent);
    await sleep(this.#clock, timeoutMs, limit.signal);
    limit.abort();
    await sent;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#timer?.[Symbol.dispose]();
    await this.flush();
    this.#closing.abort();
    await this.#sending;
  }

  /** Starts the sender now if something is due, else when the first thing is. */
  #pump(): void {
    if (this.#sending !== undefined || this.#closing.signal.aborted) return;
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    const dueAt = Math.min(...this.#series.pending().map((series) => series.notBefore));
    if (dueAt === Infinity) return;
    const waitMs = dueAt - this.#clock.now();
    if (waitMs > 0) {
      this.#timer = this.#clock.startTimer(waitMs, () => this.#pump());
      return;
    }
    this.#start(this.#sendPending(this.#closing.signal, this.#clock.now()));
  }

  /** One sender at a time, so that an object's events arrive in their order. */
  #start(sending: Promise<void>): void {
    const mine = sending.finally(() => {
      if (this.#sending !== mine) return;
      this.#sending = undefined;
      this.#pump();
    });
    this.#sending = mine;
  }

  /** Only what is due at `dueAt`; everything when that is absent. */
  async #sendPending(signal: AbortSignal, dueAt = Infinity): Promise<void> {
    for (const series of this.#series.pending()) {
      if (signal.aborted) return;
      if (series.notBefore <= dueAt) await this.#send(series, signal);
    }
  }

  /** Never throws. */
  async #send(series: Series, signal: AbortSignal): Promise<void> {
    const { count, lastAt } = series;
    series.notBefore = this.#clock.now() + (this.#options.seriesIntervalMs ?? defaultSeriesIntervalMs);
    try {
      if (series.sent === 0) await this.#create(series, signal);
      if (count > 1) await this.#repeat(series, { count, lastAt }, signal);
      series.sent = count;
      series.tries = 0;
      this.#metrics.recorded("sent");
    } catch (error) {
      this.#takeFailure(series, asKubeFailure(error, "record event"));
    }
  }

  async #create(series: Series, signal: AbortSignal): Promise<void> {
    const { record, name, firstAt } = series;
    const { client, reporter } = this.#options;
    try {
      await client.create(
        eventResource,
        {
          namespace: eventNamespace(record),
          object: eventBody(record, { name, at: firstAt, reporter }),
          signal,
          timeoutMs: sendTimeoutMs,
        },
        writtenObject,
      );
    } catch (error) {
      // The name is ours alone: an earlier try came through and only its answer was lost.
      if (asKubeFailure(error, name).is !== "AlreadyExists") throw error;
    }
  }

  async #repeat(series: Series, seen: { count: number; lastAt: Date }, signal: AbortSignal): Promise<void> {
    const { record, name } = series;
    await this.#options.client.mergePatch(
      eventResource,
      keyOf({ namespace: eventNamespace(record), name }),
      {
        merge: seriesChange(seen),
        signal,
        timeoutMs: sendTimeoutMs,
      },
      writtenObject,
    );
  }

  /** What may pass is tried again later; what cannot (no right, namespace gone, event expired) is forgotten. */
  #takeFailure(series: Series, failure: KubeFailure): void {
    series.tries += 1;
    const mayPass =
      failure.is === "ServerUnavailable" ||
      failure.is === "TooManyRequests" ||
      failure.is === "TimedOut" ||
      failure.is === "Aborted";
    if (mayPass && series.tries < mostTries) return;
    this.#series.forget(series);
    this.#metrics.recorded("failed");
    const { reason, regarding } = series.record;
    this.#options.logger.warn({ reason, regarding, err: failure }, "an event could not be recorded");
  }
}
