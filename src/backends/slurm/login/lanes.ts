import type { JobsVerb } from "../wrapper/jobs-script.ts";
import { Lane, type LaneOptions } from "./lane.ts";

/** What a batch has in common. */
export interface BatchKey {
  readonly install: string;
  readonly shard: number;
  readonly verb: JobsVerb | "look" | "journal";
}

/** One lane for each key, made when first used. Their number is bounded by installs, shards and verbs. */
export class Lanes<Item, Answer> {
  readonly #lanes = new Map<string, Lane<Item, Answer>>();
  readonly #make: (key: BatchKey) => Lane<Item, Answer>;

  constructor(
    signal: AbortSignal,
    size: Omit<LaneOptions<Item, Answer>, "run">,
    run: (key: BatchKey) => LaneOptions<Item, Answer>["run"],
  ) {
    this.#make = (key) => new Lane({ ...size, run: run(key) }, signal);
  }

  at(key: BatchKey): Lane<Item, Answer> {
    const name = JSON.stringify(key);
    const lane = this.#lanes.get(name) ?? this.#make(key);
    this.#lanes.set(name, lane);
    return lane;
  }
}
