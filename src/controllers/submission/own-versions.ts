import type { JobSubmission } from "../../api/v1alpha1/job-submission.ts";
import type { Key } from "../../kube/key.ts";

interface Page {
  isInWork: boolean;
  /** Versions that the work on the key has read or stored. */
  readonly known: Set<string>;
  /** What was stored last, while the watch has not shown it. */
  stored: JobSubmission | undefined;
  /** Versions that the watch showed during the work and that were not known by then. */
  readonly unknown: Set<string>;
}

/**
 * What this process has itself stored and the watch has not shown yet. Whoever stored a version went on from it, so its echo is no news; and
 * until it comes, the watch's own object is older than what we know. Bounded by the keys in work and by echoes under way.
 */
export class OwnVersions {
  readonly #pages = new Map<Key, Page>();

  begin(key: Key): void {
    const page = this.#pages.get(key) ?? {
      isInWork: true,
      known: new Set(),
      stored: undefined,
      unknown: new Set(),
    };
    page.isInWork = true;
    this.#pages.set(key, page);
  }

  /**
   * @param isWatched whether the watch shows the object at all: what has left it has no echo
   * @returns whether the watch has shown a version meanwhile that the work did not know: somebody has to look again
   */
  end(key: Key, isWatched: boolean): boolean {
    const page = this.#pages.get(key);
    if (page === undefined) return false;
    page.isInWork = false;
    const isNews = [...page.unknown].some((version) => !page.known.has(version));
    const { stored } = page;
    // Without something of ours under way there is nothing to be remembered.
    if (isNews || !isWatched || stored === undefined || page.unknown.has(stored.metadata.resourceVersion))
      this.#pages.delete(key);
    else page.unknown.clear();
    return isNews;
  }

  read(key: Key, { metadata }: JobSubmission): void {
    this.#pages.get(key)?.known.add(metadata.resourceVersion);
  }

  stored(key: Key, submission: JobSubmission): void {
    const page = this.#pages.get(key);
    // A write that changed nothing makes no version, and has no echo.
    if (page === undefined || page.known.has(submission.metadata.resourceVersion)) return;
    page.known.add(submission.metadata.resourceVersion);
    page.stored = submission;
  }

  /** The newest of ours that the watch has not shown. */
  latest(key: Key): JobSubmission | undefined {
    return this.#pages.get(key)?.stored;
  }

  /** The watch shows a version; undefined for an object that has left it. @returns whether somebody has to look */
  isNews(key: Key, version: string | undefined): boolean {
    const page = this.#pages.get(key);
    if (page === undefined) return true;
    if (version !== undefined && page.known.has(version)) {
      if (page.stored?.metadata.resourceVersion !== version) return false;
      page.stored = undefined;
      if (!page.isInWork) this.#pages.delete(key);
      return false;
    }
    if (page.isInWork) {
      // The answer to our own write may still be on its way.
      if (version !== undefined) page.unknown.add(version);
      return version === undefined;
    }
    this.#pages.delete(key);
    return true;
  }
}
