import { jobScript, type JobScript } from "../../api/v1alpha1/job-script.ts";
import type { Instant } from "../../core/instant.ts";
import { orAborted } from "../../kube/abort.ts";
import type { KubeClient } from "../../kube/client.ts";
import type { Key } from "../../kube/key.ts";
import { jobScripts } from "../resources.ts";

interface Page {
  readonly begun: Instant;
  readonly answer: Promise<JobScript | undefined>;
}

/** How long an answer serves others. What changed is dropped at once; this is for a watch that has gone silent. */
const freshMs = 1000;
const mostPages = 1024;

/**
 * JobScripts that were read a moment ago: a thousand submissions of one script read it once. An answer serves whoever's submission was seen
 * before the reading began, so a script that was changed before its submission was created is seen as changed.
 */
export class ScriptBook {
  readonly #client: Pick<KubeClient, "find">;
  readonly #now: () => Instant;
  readonly #pages = new Map<Key, Page>();

  constructor(client: Pick<KubeClient, "find">, now: () => Instant) {
    this.#client = client;
    this.#now = now;
  }

  /** @param since the reading must have begun no earlier */
  async read(key: Key, since: Instant, signal: AbortSignal): Promise<JobScript | undefined> {
    const known = this.#pages.get(key);
    const now = this.#now();
    if (known !== undefined && known.begun >= since && now - known.begun < freshMs)
      return orAborted(known.answer, signal);
    const page = { begun: now, answer: this.#client.find(jobScripts, key, jobScript) };
    this.#pages.delete(key);
    this.#pages.set(key, page);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= mostPages) break;
      this.#pages.delete(oldest);
    }
    page.answer.catch(() => {
      if (this.#pages.get(key) === page) this.#pages.delete(key);
    });
    return orAborted(page.answer, signal);
  }

  forget(key: Key): void {
    this.#pages.delete(key);
  }
}
