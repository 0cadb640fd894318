import type { WatchedPoller } from "../../backends/slurm/poll/poller.ts";
import type { Healths } from "./silence.ts";

/** The pollers of one cluster by the login that looks: started when first needed, then kept; at most one a login. */
export class Pollers implements AsyncDisposable {
  readonly #start: (user: string) => WatchedPoller;
  readonly #started = new Map<string, WatchedPoller>();
  #isClosed = false;

  constructor(start: (user: string) => WatchedPoller) {
    this.#start = start;
  }

  get healths(): Healths {
    return [...this.#started].map(([user, { health }]) => [user, health]);
  }

  /** Undefined once closed: who still holds a closed connection must not start what nobody would end. */
  of(user: string): WatchedPoller | undefined {
    if (this.#isClosed) return undefined;
    const poller = this.#started.get(user) ?? this.#start(user);
    this.#started.set(user, poller);
    return poller;
  }

  /** Ends those of all other logins. */
  async keepOnly(users: ReadonlySet<string>): Promise<void> {
    const gone = [...this.#started].filter(([user]) => !users.has(user));
    for (const [user] of gone) this.#started.delete(user);
    await Promise.all(gone.map(async ([, poller]) => poller[Symbol.asyncDispose]()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.keepOnly(new Set());
  }
}
