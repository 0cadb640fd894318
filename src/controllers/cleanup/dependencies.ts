import { z } from "zod";
import { type Token, uidOfToken } from "../../core/slurm/token.ts";
import type { Key } from "../../kube/key.ts";
import type { KubeClient } from "../../kube/client.ts";
import type { Clock } from "../../runtime/clock.ts";
import { jobSubmissions } from "../resources.ts";
import { besides } from "../submission/submissions.ts";
import type { LiveSubmissions } from "./live.ts";

export interface DependenciesOptions {
  readonly client: Pick<KubeClient, "find">;
  readonly submissions: LiveSubmissions;
  readonly clock: Clock;
}

/** What a directory tells its submission by. An object that was restored from a backup has another UID than its tokens. */
interface Owner {
  readonly uid: string;
  readonly tokens: readonly string[];
}

/** No more of the object than is needed: one that an older version wrote must not stop everything. */
const dependency = z.object({
  metadata: z.object({ uid: z.string() }),
  status: z.object({ attempts: z.array(z.object({ token: z.string() })).optional() }).optional(),
});

const readsAtOnce = 8;
/**
 * For so long a finished submission counts as what its name was read as. Another one that was created under the name meanwhile has
 * directories younger than that, and no retention is shorter than days.
 */
const freshMs = 3_600_000;

/**
 * The submissions that unfinished ones name in `dependsOn`. A dependency is a name, a directory has a UID, and the finished are in no
 * store: they are read, each once an hour. Bounded by what unfinished submissions name.
 */
export class Dependencies {
  readonly #options: DependenciesOptions;
  readonly #read = new Map<Key, Owner & { readonly at: number }>();

  constructor(options: DependenciesOptions) {
    this.#options = options;
  }

  /**
   * Tells the tokens of all that is depended on now.
   * @throws KubeFailure when that cannot be known; what was read until then is kept
   */
  async judge(signal: AbortSignal): Promise<(token: Token) => boolean> {
    const absent = new Set<Key>();
    for (;;) {
      const named = this.#named();
      this.#drop(named);
      const unread = [...named].filter((key) => this.#ownerOf(key) === undefined && !absent.has(key));
      // Only what came while the others were read is left for another turn.
      if (unread.length === 0) return this.#tokensOf(named);
      for (let start = 0; start < unread.length; start += readsAtOnce) {
        const keys = unread.slice(start, start + readsAtOnce);
        const found = await Promise.all(
          keys.map(async (key) => ({ key, isThere: await this.#find(key, signal) })),
        );
        for (const { key, isThere } of found) if (!isThere) absent.add(key);
      }
    }
  }

  #named(): ReadonlySet<Key> {
    const { store } = this.#options.submissions;
    return new Set(
      [...store.entries()].flatMap(([key, { dependsOn }]) => dependsOn.map((name) => besides(key, name))),
    );
  }

  #drop(named: ReadonlySet<Key>): void {
    const oldest = this.#options.clock.now() - freshMs;
    for (const [key, { at }] of this.#read) if (at < oldest || !named.has(key)) this.#read.delete(key);
  }

  /** As the store has it while it is not finished. */
  #ownerOf(key: Key): Owner | undefined {
    return this.#options.submissions.store.get(key) ?? this.#read.get(key);
  }

  async #find(key: Key, signal: AbortSignal): Promise<boolean> {
    const at = this.#options.clock.now();
    const found = await this.#options.client.find(jobSubmissions, key, dependency, { signal });
    if (found === undefined) return false;
    const tokens = (found.status?.attempts ?? []).map(({ token }) => token);
    this.#read.set(key, { uid: found.metadata.uid, tokens, at });
    return true;
  }

  #tokensOf(named: ReadonlySet<Key>): (token: Token) => boolean {
    const owners = [...named].map((key) => this.#ownerOf(key)).filter((owner) => owner !== undefined);
    const uids = new Set(owners.map(({ uid }) => uid));
    const tokens = new Set(owners.flatMap((owner) => owner.tokens));
    return (token) => uids.has(uidOfToken(token)) || tokens.has(token);
  }
}
