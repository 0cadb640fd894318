import type { Key } from "../kube/key.ts";

interface Entry {
  readonly key: Key;
  readyAt: number;
  /** Where the entry stands in the heap. */
  place: number;
}

/** Keys with the time at which each is due; at most one entry a key, the earliest wins. All operations cost O(log n). */
export class DelayHeap {
  readonly #heap: Entry[] = [];
  readonly #entries = new Map<Key, Entry>();

  get size(): number {
    return this.#heap.length;
  }

  has(key: Key): boolean {
    return this.#entries.has(key);
  }

  /** The earliest time at which something is due. */
  get earliest(): number | undefined {
    return this.#heap[0]?.readyAt;
  }

  add(key: Key, readyAt: number): void {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      if (readyAt < known.readyAt) {
        known.readyAt = readyAt;
        this.#rise(known);
      }
      return;
    }
    const entry = { key, readyAt, place: this.#heap.length };
    this.#heap.push(entry);
    this.#entries.set(key, entry);
    this.#rise(entry);
  }

  /** Takes out one key that is due at `now`. */
  takeDue(now: number): Key | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.readyAt > now) return undefined;
    this.#entries.delete(first.key);
    const last = this.#heap.pop();
    if (last !== undefined && last !== first) {
      this.#put(last, 0);
      this.#sink(last);
    }
    return first.key;
  }

  clear(): void {
    this.#heap.length = 0;
    this.#entries.clear();
  }

  #put(entry: Entry, place: number): void {
    this.#heap[place] = entry;
    entry.place = place;
  }

  #rise(entry: Entry): void {
    while (entry.place > 0) {
      const parent = this.#heap[(entry.place - 1) >> 1];
      if (parent === undefined || parent.readyAt <= entry.readyAt) return;
      this.#swap(parent, entry);
    }
  }

  #sink(entry: Entry): void {
    for (;;) {
      const left = this.#heap[2 * entry.place + 1];
      const right = this.#heap[2 * entry.place + 2];
      const child = right !== undefined && left !== undefined && right.readyAt < left.readyAt ? right : left;
      if (child === undefined || child.readyAt >= entry.readyAt) return;
      this.#swap(entry, child);
    }
  }

  #swap(upper: Entry, lower: Entry): void {
    const { place } = upper;
    this.#put(upper, lower.place);
    this.#put(lower, place);
  }
}
