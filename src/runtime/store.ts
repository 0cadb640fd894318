import type { Key } from "../kube/key.ts";

/** What happened to one object, as the store saw it. Keys are what matters; `before` and `after` serve to map to other keys. */
export type Change<P> =
  | { readonly is: "added"; readonly key: Key; readonly after: P; readonly initial: boolean }
  | { readonly is: "updated"; readonly key: Key; readonly before: P; readonly after: P }
  | { readonly is: "deleted"; readonly key: Key; readonly before: P }
  /** The object exists, but its projection failed: it is not in the store. */
  | { readonly is: "unreadable"; readonly key: Key; readonly before: P | undefined };

/** The strings under which an object is found; none when it is not in the index. */
export type IndexFunction<P> = (projection: P, key: Key) => Iterable<string>;

export interface ReadonlyStore<P, I extends string = never> {
  readonly size: number;
  get(key: Key): P | undefined;
  keys(): IterableIterator<Key>;
  entries(): IterableIterator<readonly [Key, P]>;
  /** The version that `get` stands for. */
  resourceVersion(key: Key): string | undefined;
  /** Keys found under `value`, in no order. */
  lookUp(index: I, value: string): readonly Key[];
}

interface Entry<P> {
  readonly resourceVersion: string;
  readonly projection: P;
  /** The list that saw the object last. */
  round: number;
}

/**
 * What a reflector knows of its objects: a small projection of each, never the object. Memory is bounded by the number of live objects
 * times the size that the caller chose.
 */
export class Store<P, I extends string = never> implements ReadonlyStore<P, I> {
  readonly #entries = new Map<Key, Entry<P>>();
  readonly #indexes = new Map<I, { function: IndexFunction<P>; keys: Map<string, Set<Key>> }>();
  readonly #freeze: boolean;
  #round = 0;
  #listing = false;

  constructor(options: { indexes?: Readonly<Record<I, IndexFunction<P>>>; freeze?: boolean }) {
    const { indexes } = options;
    if (indexes !== undefined) {
      for (const name in indexes) this.#indexes.set(name, { function: indexes[name], keys: new Map() });
    }
    this.#freeze = options.freeze ?? process.env["NODE_ENV"] !== "production";
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Key): P | undefined {
    return this.#entries.get(key)?.projection;
  }

  keys(): IterableIterator<Key> {
    return this.#entries.keys();
  }

  *entries(): IterableIterator<readonly [Key, P]> {
    for (const [key, entry] of this.#entries) yield [key, entry.projection];
  }

  resourceVersion(key: Key): string | undefined {
    return this.#entries.get(key)?.resourceVersion;
  }

  lookUp(index: I, value: string): readonly Key[] {
    return [...(this.#indexes.get(index)?.keys.get(value) ?? [])];
  }

  /** From here to `endList` every object that exists is put; what was not is then gone. Begun again, it starts over. */
  beginList(): void {
    this.#round += 1;
    this.#listing = true;
  }

  /** The deletions that the list revealed. */
  endList(): Change<P>[] {
    this.#listing = false;
    const gone = [...this.#entries].filter(([, entry]) => entry.round !== this.#round).map(([key]) => key);
    return gone.map((key) => this.remove(key)).filter((change) => change !== undefined);
  }

  /** Undefined when this version was known already. */
  put(key: Key, resourceVersion: string, projection: P): Change<P> | undefined {
    const known = this.#entries.get(key);
    if (known?.resourceVersion === resourceVersion) {
      known.round = this.#round;
      return undefined;
    }
    if (this.#freeze) deepFreeze(projection);
    if (known !== undefined) this.#unindex(key, known.projection);
    this.#entries.set(key, { resourceVersion, projection, round: this.#round });
    this.#index(key, projection);
    return known === undefined
      ? { is: "added", key, after: projection, initial: this.#listing }
      : { is: "updated", key, before: known.projection, after: projection };
  }

  remove(key: Key): Change<P> | undefined {
    const known = this.#entries.get(key);
    if (known === undefined) return undefined;
    this.#entries.delete(key);
    this.#unindex(key, known.projection);
    return { is: "deleted", key, before: known.projection };
  }

  #index(key: Key, projection: P): void {
    for (const index of this.#indexes.values()) {
      for (const value of index.function(projection, key)) {
        const keys = index.keys.get(value);
        if (keys === undefined) index.keys.set(value, new Set([key]));
        else keys.add(key);
      }
    }
  }

  #unindex(key: Key, projection: P): void {
    for (const index of this.#indexes.values()) {
      for (const value of index.function(projection, key)) {
        const keys = index.keys.get(value);
        keys?.delete(key);
        if (keys?.size === 0) index.keys.delete(value);
      }
    }
  }
}

/** A cache hands the same value to everybody: a writer would change what all others see. */
function deepFreeze(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
}
