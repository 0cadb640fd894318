import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterName } from "../lab/lab.ts";
import type { Draw } from "./draw.ts";
import type { Scene } from "./scene.ts";

/** What a submission of a round does, and what people do to it. */
export const sorts = [
  "good",
  "fails",
  "killed",
  "array",
  "python",
  "dependent",
  "held",
  "cancelled",
  "deleted",
  "recreated",
] as const;
export type Sort = (typeof sorts)[number];

/** One object as it was created: an object that is created again under its name is another one. */
export interface Sent {
  readonly name: string;
  /** Names the file of marks. Given by the test, known to no part of the operator but as a variable of the job. */
  readonly run: string;
  readonly sort: Sort;
  readonly cluster: ClusterName;
  /** Of the script; 137 for one that kills itself. */
  readonly code: number;
  readonly tasks: number | undefined;
  readonly seconds: number;
}

export const tasksOfArray = 4;
/** Of an array, the one that fails when `code` is not 0. */
export const failingTask = 2;

/** Each start and each end is a line, before and after everything else. */
const bash = `#!/bin/bash
mark() { echo "$1 $SLURM_JOB_ID \${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID} \${SLURM_ARRAY_TASK_ID:--} \${SLURM_RESTART_COUNT:-0} $2" >> "$HOME/$MARKS/$RUN"; }
mark start -
sleep "$LASTS"
code=$CODE
if [ -n "$SLURM_ARRAY_TASK_ID" ] && [ "$SLURM_ARRAY_TASK_ID" != ${failingTask} ]; then code=0; fi
mark end "$code"
if [ "$code" = 137 ]; then kill -9 $$; fi
exit "$code"
`;
const python = `#!/usr/bin/python3
import os, sys, time
job = os.environ["SLURM_JOB_ID"]
def mark(word, code):
    with open(os.path.join(os.environ["HOME"], os.environ["MARKS"], os.environ["RUN"]), "a") as file:
        file.write(f"{word} {job} {job} - {os.environ.get('SLURM_RESTART_COUNT', '0')} {code}\\n")
mark("start", "-")
time.sleep(float(os.environ["LASTS"]))
mark("end", os.environ["CODE"])
sys.exit(int(os.environ["CODE"]))
`;

const apiVersion = "batchwright.dev/v1alpha1";
const scriptNamed = (name: string, file: string, text: string): object => ({
  apiVersion,
  kind: "JobScript",
  metadata: { name },
  spec: { entrypoint: { name: file, text }, resources: { memory: "20Mi", timeLimitSeconds: 300 } },
});

/** The scripts, and the folder for marks. */
export async function prepareWorkload(scene: Scene): Promise<void> {
  const items = [scriptNamed("bash", "run.sh", bash), scriptNamed("python", "run.py", python)];
  await scene.kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  for (const cluster of ["c1", "c2"] as const)
    await scene.run(cluster, "alice", `mkdir -p ${scene.namespace}`);
}

/** Counted as faults when they meet a submission that is not over. */
export const actKinds = [
  "held on its way",
  "cancelled on its way",
  "deleted on its way",
  "deleted and created again",
] as const;
export type ActKind = (typeof actKinds)[number];
const actOf = {
  held: "held on its way",
  cancelled: "cancelled on its way",
  deleted: "deleted on its way",
  recreated: "deleted and created again",
} as const;

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

  /** One of any sort. Resolves when it is there. */
  async create(sort: Sort = this.#draw.pick(sorts)): Promise<Sent> {
    const sent = this.#draft(sort);
    await this.#apply(sent);
    if (sort === "held" || sort === "cancelled" || sort === "deleted" || sort === "recreated")
      this.#later(this.#actOn(sent, actOf[sort]));
    return sent;
  }

  /** What was begun is done. @throws what went wrong in it */
  async done(): Promise<void> {
    while (this.#doing.size > 0) await Promise.all(this.#doing);
    if (this.#failure !== undefined) throw this.#failure;
  }

  #draft(sort: Sort): Sent {
    const draw = this.#draw;
    const name = this.nextName;
    const isArray = sort === "array";
    const code =
      sort === "fails" ? draw.between(1, 99) : sort === "killed" ? 137 : isArray && draw.next() < 0.5 ? 7 : 0;
    return {
      name,
      run: `${name}-${draw.between(1e6, 9e6)}`,
      sort,
      cluster: draw.pick(["c1", "c2"]),
      code,
      tasks: isArray ? tasksOfArray : undefined,
      seconds: draw.between(0, 3),
    };
  }

  async #apply(sent: Sent): Promise<void> {
    const { name, sort, cluster, tasks } = sent;
    const good = this.sent.findLast((other) => other.sort === "good");
    const variables = Object.entries({
      RUN: sent.run,
      MARKS: this.#scene.namespace,
      CODE: sent.code,
      LASTS: sent.seconds,
    });
    const object = {
      apiVersion,
      kind: "JobSubmission",
      metadata: { name },
      spec: {
        from: { script: { name: sort === "python" ? "python" : "bash" } },
        target: { slurm: { name: this.#scene.clusters[cluster] } },
        variables: variables.map(([key, value]) => ({ name: key, value: String(value) })),
        ...(tasks === undefined ? {} : { resources: { array: `0-${tasks - 1}` } }),
        ...(sort === "dependent" && good !== undefined
          ? { dependsOn: [{ name: good.name, when: "Finished" }] }
          : {}),
      },
    };
    this.sent.push(sent);
    await this.#scene.kubectl(["apply", "-f", "-"], JSON.stringify(object));
  }

  async #actOn(sent: Sent, act: ActKind): Promise<void> {
    const { name, sort } = sent;
    await sleep(this.#draw.between(0, 4000));
    const read = ["get", "jobsubmission", name, "-o", "jsonpath={.status.phase}"];
    const phase = await this.#scene.kubectl(read);
    if (phase === "Created" || phase === "Submitted") this.acts.push(act);
    if (sort === "cancelled") return this.#set(name, { cancel: true });
    if (sort === "held") {
      await this.#set(name, { suspend: true });
      await sleep(this.#draw.between(0, 5000));
      return this.#set(name, { suspend: false });
    }
    await this.#scene.kubectl(["delete", "jobsubmission", name, "--wait=false", "--ignore-not-found"]);
    if (sort === "deleted") {
      this.deleted.add(name);
      return;
    }
    // The name is free when everything of the first one is over.
    await this.#scene.kubectl(["wait", "jobsubmission", name, "--for=delete", "--timeout=100s"]);
    await this.#apply({ ...sent, sort: "good", code: 0, run: `${sent.run}-again` });
  }

  async #set(name: string, spec: Readonly<Record<string, unknown>>): Promise<void> {
    const patch = ["patch", "jobsubmission", name, "--type=merge", "-p", JSON.stringify({ spec })];
    await this.#scene.kubectl(patch);
  }

  #later(doing: Promise<void>): void {
    const noted = doing
      .catch((error: unknown) => void (this.#failure ??= error))
      .finally(() => this.#doing.delete(noted));
    this.#doing.add(noted);
  }
}
