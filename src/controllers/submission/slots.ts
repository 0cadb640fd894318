import { steadyNow } from "../../backends/slurm/poll/poll-clock.ts";
import type { Problem } from "../../core/problem.ts";
import { Ceilings } from "../../core/submission/ceilings.ts";
import type { InFlight } from "../../core/submission/limits.ts";
import type { Key } from "../../kube/key.ts";
import type { SubmissionReflector } from "./submissions.ts";

interface Slot {
  readonly cluster: string;
  readonly user: string;
}

/**
 * Counts open attempts. The watch trails our own writes, so what this process is about to open is counted here until it is over;
 * decisions of one process then never overbook, however many run at once.
 */
export class Slots {
  readonly #submissions: SubmissionReflector;
  readonly #taken = new Map<string, Slot>();
  /** Who was told to wait, by cluster, longest first. Bounded by the live submissions; whoever is not there any more wakes for nothing. */
  readonly #waiting = new Map<string, Set<Key>>();

  readonly #ceilings = new Ceilings();

  constructor(submissions: SubmissionReflector) {
    this.#submissions = submissions;
  }

  /** Takes a slot, or says why there is none. Counting and taking are one step. */
  take(
    uid: string,
    wanted: Slot & { readonly key: Key; readonly check: (inFlight: InFlight) => Problem | undefined },
  ): Problem | undefined {
    const { cluster, user } = wanted;
    const inFlight = this.#count({ cluster, user }, uid);
    const problem =
      wanted.check(inFlight) ?? this.#ceilings.check({ cluster, user }, inFlight.ofUser, steadyNow());
    if (problem === undefined) this.#taken.set(uid, { cluster, user });
    else this.#roomOf(cluster).add(wanted.key);
    return problem;
  }

  /** Slurm refused this one because of a limit on submitted jobs: others need not try. */
  limitReached(uid: string, slot: Slot): void {
    this.#ceilings.reached(slot, this.#count(slot, uid).ofUser, steadyNow());
  }

  release(uid: string): void {
    this.#taken.delete(uid);
  }

  /** Who has waited longest for a slot on the cluster. He looks for himself whether there is one, and waits again if not. */
  next(cluster: string): Key | undefined {
    const [first] = this.#roomOf(cluster);
    if (first !== undefined) this.#roomOf(cluster).delete(first);
    return first;
  }

  #roomOf(cluster: string): Set<Key> {
    const room = this.#waiting.get(cluster) ?? new Set<Key>();
    this.#waiting.set(cluster, room);
    return room;
  }

  #count({ cluster, user }: Slot, except: string): InFlight {
    const users = new Map(
      [...this.#taken].filter(([, slot]) => slot.cluster === cluster).map(([uid, slot]) => [uid, slot.user]),
    );
    for (const key of this.#submissions.store.lookUp("cluster", cluster)) {
      const view = this.#submissions.store.get(key);
      if (view?.sentAs !== undefined) users.set(view.uid, view.sentAs);
    }
    users.delete(except);
    return { onCluster: users.size, ofUser: [...users.values()].filter((other) => other === user).length };
  }
}
