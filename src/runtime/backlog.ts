import type { Key } from "../kube/key.ts";

/**
 * What a full queue could not take: not the keys (they would be unbounded) but the duty to look at all of them again.
 * A round walks through every key once, as room allows; a key refused during a round, maybe behind its place, asks for another round.
 */
export class Backlog {
  readonly #allKeys: () => Iterator<Key>;
  #round: Iterator<Key> | undefined;
  #isOwed = false;

  constructor(allKeys: () => Iterator<Key>) {
    this.#allKeys = allKeys;
  }

  /** True when this is the first refusal since the last round began: worth a line in the log. */
  owe(): boolean {
    const isNews = !this.#isOwed;
    this.#isOwed = true;
    return isNews;
  }

  /** The next key to look at again; undefined when nothing is owed. */
  next(): Key | undefined {
    if (this.#round === undefined) {
      if (!this.#isOwed) return undefined;
      this.#isOwed = false;
      this.#round = this.#allKeys();
    }
    const next = this.#round.next();
    if (next.done !== true) return next.value;
    this.#round = undefined;
    return undefined;
  }
}
