import { z } from "zod";
import { jobSubmissions } from "../../src/controllers/resources.ts";
import type { Scene } from "./scene.ts";

const seen = z.object({
  metadata: z.object({ name: z.string() }),
  status: z.object({ jobId: z.string().optional(), state: z.string().optional() }).default({}),
});

export interface Sighting {
  readonly jobId: string | undefined;
  readonly state: string | undefined;
}

/** What the API server tells of submissions, as it tells it. */
export class States implements AsyncDisposable {
  readonly #waiting = new Set<{
    name: string;
    is: (seen: Sighting) => boolean;
    resolve: (at: number) => void;
  }>();
  readonly #closing = new AbortController();
  readonly #reading: Promise<void>;

  constructor(scene: Scene) {
    this.#reading = this.#read(scene).catch(() => undefined);
  }

  /** When, by `performance.now()`, a submission is first told to be as wanted; from now on. */
  async when(name: string, is: (seen: Sighting) => boolean): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#waiting.add({ name, is, resolve });
    return promise;
  }

  async #read({ client, stage }: Scene): Promise<void> {
    const query = { namespace: stage.namespace, timeoutSeconds: 3600, signal: this.#closing.signal };
    for await (const event of client.watch(jobSubmissions, query)) {
      if (event.is !== "added" && event.is !== "modified") continue;
      const { metadata, status } = seen.parse(event.object);
      for (const waiter of this.#waiting) {
        if (waiter.name !== metadata.name) continue;
        if (!waiter.is({ jobId: status.jobId, state: status.state })) continue;
        this.#waiting.delete(waiter);
        waiter.resolve(performance.now());
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#reading;
  }
}
