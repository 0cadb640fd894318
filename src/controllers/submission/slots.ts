import type { InFlight } from "../../core/submission/limits.ts";
import type { SubmissionReflector } from "./submissions.ts";

/**
 * Counts open attempts. The watch trails our own writes, so what this process has just opened is counted here until the watch shows it;
 * decisions of one process then never overbook, however many run at once.
 */
export class Slots {
  readonly #submissions: SubmissionReflector;
  readonly #opened = new Map<string, { cluster: string; user: string }>();

  constructor(submissions: SubmissionReflector) {
    this.#submissions = submissions;
  }

  /** Without the submission `uid` itself. */
  count(cluster: string, user: string, uid: string): InFlight {
    const taken = new Map(this.#opened);
    for (const key of this.#submissions.store.lookUp("cluster", cluster)) {
      const view = this.#submissions.store.get(key);
      if (view?.sentAs === undefined) continue;
      taken.set(view.uid, { cluster, user: view.sentAs });
      this.#opened.delete(view.uid);
    }
    taken.delete(uid);
    const here = [...taken.values()].filter((slot) => slot.cluster === cluster);
    return { onCluster: here.length, ofUser: here.filter((slot) => slot.user === user).length };
  }

  take(uid: string, slot: { cluster: string; user: string }): void {
    this.#opened.set(uid, slot);
  }

  release(uid: string): void {
    this.#opened.delete(uid);
  }
}
