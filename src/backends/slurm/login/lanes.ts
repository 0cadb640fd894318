import type { JobsVerb } from "../wrapper/jobs-script.ts";
import { Lane, type LaneOptions } from "./lane.ts";

/** What a batch has in common. */
export interface BatchKey {
  readonly install: string;
  readonly shard: number;
  readonly verb: JobsVerb | "look" | "journal";
}

export interface LanesOptions<Item, Answer> extends Omit<LaneOptions<Item, Answer>, "run" | "gathering"> {
  /** While more than so `few` ask, in all lanes together, the batches of a lane begin `ms` apart unless they are full. */
  readonly gather?: { readonly few: number; readonly ms: number };
}

/** One lane for each key, made when first used. Their number is bounded by installs, shards and verbs. */
export class Lanes<Item, Answer> {
  readonly #lanes = new Map<string, Lane<Item, Answer>>();
  readonly #make: (key: BatchKey) => Lane<Item, Answer>;
  #asking = 0;

  constructor(
    signal: AbortSignal,
    { gather, ...size }: LanesOptions<Item, Answer>,
    run: (key: BatchKey) => LaneOptions<Item, Answer>["run"],
  ) {
    const gathering =
      gather === undefined
        ? {}
        : { gathering: { isCrowded: () => this.#asking > gather.few, ms: gather.ms } };
    this.#make = (key) => new Lane({ ...size, ...gathering, run: run(key) }, signal);
  }

  async ask(key: BatchKey, item: Item, signal: AbortSignal): Promise<Answer> {
    this.#asking += 1;
    try {
      return await this.#at(key).ask(item, signal);
    } finally {
      this.#asking -= 1;
    }
  }

  #at(key: BatchKey): Lane<Item, Answer> {
    const name = JSON.stringify(key);
    const lane = this.#lanes.get(name) ?? this.#make(key);
    this.#lanes.set(name, lane);
    return lane;
  }
}
