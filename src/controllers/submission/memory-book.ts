import type { Memory } from "../../core/submission/facts.ts";

const nothing: Memory = {};

/** Memories by token. Bounded by the live submissions: whoever finishes one forgets it. Lost with the process, and asked again. */
export class MemoryBook {
  readonly #pages = new Map<string, Memory>();

  get(token: string): Memory {
    return this.#pages.get(token) ?? nothing;
  }

  set(token: string, memory: Memory): void {
    this.#pages.set(token, memory);
  }

  forget(tokens: Iterable<string>): void {
    for (const token of tokens) this.#pages.delete(token);
  }
}
