import { randomUUID } from "node:crypto";
import { type EventRecord, seriesKey } from "./event.ts";

/** An event and how often it happened since. */
export interface Series {
  readonly key: string;
  /** Name of the Event object; ours to choose, so that a create whose answer was lost can be sent again. */
  readonly name: string;
  readonly record: EventRecord;
  readonly firstAt: Date;
  lastAt: Date;
  count: number;
  /** What the API server knows: 0 before the object exists. */
  sent: number;
  /** Monotonic milliseconds: when it last happened, and before when it shall not be sent. */
  seenAt: number;
  notBefore: number;
  tries: number;
}

export interface SeriesLimits {
  /** Series remembered at most. */
  readonly capacity: number;
  /** A series that is quiet for so long has ended: the next occurrence is a new event (client-go: 6 min). */
  readonly quietMs: number;
  /** New events an object: so many at once, then one each `refillMs`. */
  readonly burst: number;
  readonly refillMs: number;
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

export type Noted = "new" | "repeated" | "limited" | "dropped";

/** Folds repetitions into series and limits how many events one object may cause. Bounded: of what is too much the newest is dropped. */
export class EventSeries {
  readonly #limits: SeriesLimits;
  /** In the order of the last occurrence, oldest first. */
  readonly #series = new Map<string, Series>();
  readonly #buckets = new Map<string, Bucket>();

  constructor(limits: SeriesLimits) {
    this.#limits = limits;
  }

  note(record: EventRecord, now: number, at: Date): Noted {
    this.#forgetQuiet(now);
    const key = seriesKey(record);
    const known = this.#series.get(key);
    if (known !== undefined) {
      known.count += 1;
      known.lastAt = at;
      known.seenAt = now;
      this.#series.delete(key);
      this.#series.set(key, known);
      return "repeated";
    }
    if (!this.#takeToken(record.regarding.uid, now)) return "limited";
    if (this.#series.size >= this.#limits.capacity && !this.#dropSettled()) return "dropped";
    // An object's name may have 253 characters, and so may ours.
    const name = `${record.regarding.name.slice(0, 200)}.${randomUUID().replaceAll("-", "").slice(0, 16)}`;
    const counts = { count: 1, sent: 0, tries: 0 };
    const times = { firstAt: at, lastAt: at, seenAt: now, notBefore: now };
    this.#series.set(key, { key, name, record, ...counts, ...times });
    return "new";
  }

  /** What the API server does not know yet, whether it is time or not. */
  pending(): Series[] {
    return [...this.#series.values()].filter((series) => series.sent < series.count);
  }

  forget(series: Series): void {
    this.#series.delete(series.key);
  }

  #forgetQuiet(now: number): void {
    for (const series of this.#series.values()) {
      if (now - series.seenAt < this.#limits.quietMs) break;
      if (series.sent === series.count) this.#series.delete(series.key);
    }
    for (const [uid, bucket] of this.#buckets) {
      if (now - bucket.filledAt < this.#limits.burst * this.#limits.refillMs) break;
      this.#buckets.delete(uid);
    }
  }

  #dropSettled(): boolean {
    for (const series of this.#series.values()) {
      if (series.sent < series.count) continue;
      this.#series.delete(series.key);
      return true;
    }
    return false;
  }

  #takeToken(uid: string, now: number): boolean {
    const { burst, refillMs, capacity } = this.#limits;
    const known = this.#buckets.get(uid) ?? { tokens: burst, filledAt: now };
    const tokens = Math.min(burst, known.tokens + (now - known.filledAt) / refillMs);
    this.#buckets.delete(uid);
    const oldest = this.#buckets.size >= capacity ? this.#buckets.keys().next().value : undefined;
    if (oldest !== undefined) this.#buckets.delete(oldest);
    const isFree = tokens >= 1;
    this.#buckets.set(uid, { tokens: isFree ? tokens - 1 : tokens, filledAt: now });
    return isFree;
  }
}
