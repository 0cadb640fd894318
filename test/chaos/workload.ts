import { setTimeout as sleep } from "node:timers/promises";
import { type ActKind, actOf, actsOf } from "./acts.ts";
import type { Draw } from "./draw.ts";
import type { Scene } from "./scene.ts";
import { draftOf, type Sent, type Sort, sorts } from "./sent.ts";

/** When people do what they do to a submission. */
export interface Cue {
  readonly come: Promise<unknown>;
  /** Called once they have done the first of it. */
  readonly begun: () => void;
}

/** Creates submissions, and does to them what people do, until told to stop. */
export class Workload {
  readonly sent: Sent[] = [];
  /** Names that must be gone in the end. */
  readonly deleted = new Set<string>();
  /** What people did to submissions on their way, as kinds of faults. */
  readonly acts: ActKind[] = [];
  readonly #scene: Scene;
  readonly #draw: Draw;
  readonly #prefix: string;
  readonly #doing = new Set<Promise<void>>();
  #failure: unknown;

  constructor(scene: Scene, draw: Draw, prefix: string) {
    this.#scene = scene;
    this.#draw = draw;
    this.#prefix = prefix;
  }

  /** Of the object that comes next. */
  get nextName(): string {
    return `${this.#prefix}-${this.sent.length}`;
  }

  /** One of any sort. Resolves when it is there. @param cue up to four seconds after that where absent */
  async create(sort: Sort = this.#draw.pick(sorts), cue?: Cue): Promise<Sent> {
    const sent = draftOf(this.nextName, sort, this.#draw);
    await this.#apply(sent);
    const act = actOf(sort);
    if (act !== undefined) this.#later(this.#actOn(sent, act, cue));
    return sent;
  }

  /** What was begun is done. @throws what went wrong in it */
  async done(): Promise<void> {
    while (this.#doing.size > 0) await Promise.all(this.#doing);
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #apply(sent: Sent): Promise<void> {
    const good = this.sent.findLast((other) => other.sort === "good");
    const object = objectOf(this.#scene, sent, good?.name);
    this.sent.push(sent);
    await this.#scene.kubectl(["apply", "-f", "-"], JSON.stringify(object));
  }

  async #actOn(sent: Sent, act: ActKind, cue?: Cue): Promise<void> {
    await (cue === undefined ? sleep(this.#draw.between(0, 4000)) : cue.come);
    const read = ["get", "jobsubmission", sent.name, "-o", "jsonpath={.status.phase}"];
    const phase = await this.#scene.kubectl(read);
    if (phase === "Created" || phase === "Submitted") this.acts.push(act);
    const begin = async (args: readonly string[]): Promise<void> => {
      await this.#scene.kubectl(args);
      cue?.begun();
    };
    const is = await actsOf[act](sent, { begin, kubectl: this.#scene.kubectl, draw: this.#draw });
    if (is === "deleted") this.deleted.add(sent.name);
    if (is === "free") await this.#apply({ ...sent, sort: "good", run: `${sent.run}-again` });
  }

  #later(doing: Promise<void>): void {
    const noted = doing
      .catch((error: unknown) => void (this.#failure ??= error))
      .finally(() => this.#doing.delete(noted));
    this.#doing.add(noted);
  }
}

/** @param good one that ends well, for those that depend on one */
function objectOf(scene: Scene, sent: Sent, good: string | undefined): object {
  const { name, sort, tasks, retries } = sent;
  const variables = Object.entries({
    RUN: sent.run,
    MARKS: scene.namespace,
    CODE: sent.code,
    FAILS: sent.failures,
    LASTS: sent.seconds,
  });
  return {
    apiVersion: "batchwright.dev/v1alpha1",
    kind: "JobSubmission",
    metadata: { name },
    spec: {
      from: { script: { name: sort === "python" ? "python" : "bash" } },
      target: { slurm: { name: scene.clusters[sent.cluster] } },
      variables: variables.map(([key, value]) => ({ name: key, value: String(value) })),
      ...(tasks === undefined ? {} : { resources: { array: `0-${tasks - 1}` } }),
      ...(retries === undefined ? {} : { retry: { ...retries, laterLimit: undefined } }),
      ...(sort === "dependent" && good !== undefined
        ? { dependsOn: [{ name: good, when: "Finished" }] }
        : {}),
    },
  };
}
