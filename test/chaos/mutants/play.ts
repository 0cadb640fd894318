import { jobSubmission, type JobSubmission } from "../../../src/api/v1alpha1/job-submission.ts";
import { eventually } from "../../lab/eventually.ts";
import type { User } from "../../lab/daemons.ts";
import { readMarks } from "../marks.ts";
import type { OperatorHand } from "../operator-hand.ts";
import { type Scene, throughProxy } from "../scene.ts";
import type { Retries, Sent, Sort } from "../sent.ts";

/** More than any play has. */
const mostRuns = 100;
/** Each step of a course is over within this, on a machine under load. */
const stepWithin = 60_000;
/** For a shell that looks each tenth of a second: how often, before it gives up. */
export const pollsFor = "$(seq 1200)";
/** What is told in the end, after the longest waits of an operator. */
const endWithin = 120_000;

/** Everything plays on this cluster: it keeps accounting, so that Slurm's own record is a witness. */
export const on = "c1";

/** Marks its start and its end, and runs until a file of its own is there. STUBBORN ignores TERM. Of an array, task 0 ends well in any case. */
const gated = `#!/bin/bash
mark() { echo "$1 $SLURM_JOB_ID \${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID} \${SLURM_ARRAY_TASK_ID:--} \${SLURM_RESTART_COUNT:-0} $2" >> "$HOME/$MARKS/$RUN"; }
if [ "$SLURM_ARRAY_TASK_ID" = 0 ]; then CODE=0; fi
if [ "$STUBBORN" = yes ]; then trap '' TERM; fi
mark start -
while [ ! -e "$HOME/gate-$RUN" ]; do sleep 0.2; done
mark end "$CODE"
exit "$CODE"
`;
const apiVersion = "batchwright.dev/v1alpha1";
const scriptName = "gated";

const specOf = ({ limit, backoffSeconds, scope }: Retries): object => ({ limit, backoffSeconds, scope });

/** The script of all plays of a scene, and the folder for marks. */
export async function prepareStage(scene: Scene): Promise<void> {
  const spec = {
    entrypoint: { name: "run.sh", text: gated },
    resources: { memory: "20Mi", timeLimitSeconds: 300 },
  };
  const script = { apiVersion, kind: "JobScript", metadata: { name: scriptName }, spec };
  await scene.kubectl(["apply", "-f", "-"], JSON.stringify(script));
  await scene.run(on, "alice", `mkdir -p ${scene.namespace}`);
}

/** What was seen at the moment at which the end of a submission was told. */
export interface Told {
  readonly sent: Sent;
  /** Starts of its script up to then. */
  readonly starts: number;
}

/** One course of events, with the operator as it is or with a mutant of it. */
export class Play {
  readonly scene: Scene;
  readonly operator: OperatorHand;
  readonly sent: Sent[] = [];
  readonly told: Told[] = [];
  /** What was found to be wrong on the way. */
  readonly complaints: string[] = [];
  readonly #tag: string;

  /** @param tag tells its objects from those of other plays */
  constructor(scene: Scene, operator: OperatorHand, tag: string) {
    this.scene = scene;
    this.operator = operator;
    this.#tag = tag;
  }

  /** Of the submission that comes next. */
  get nextName(): string {
    return `${this.#tag}-${this.sent.length}`;
  }

  /** Creates one whose script runs until `open`. */
  async submit(
    options: {
      readonly name?: string;
      readonly sort?: Sort;
      /** Of each of its runs. */
      readonly code?: number;
      readonly retries?: Retries;
      /** Of an array. */
      readonly tasks?: number;
      readonly isStubborn?: boolean;
      readonly spec?: object;
    } = {},
  ): Promise<Sent> {
    const { name = this.nextName, code = 0, retries, tasks } = options;
    const run = `${this.scene.namespace}-${this.nextName}`;
    const sort = options.sort ?? (code === 0 ? "good" : "fails");
    const failures = code === 0 ? 0 : mostRuns;
    const sent: Sent = { name, run, sort, code, failures, retries, tasks, cluster: on, seconds: 0 };
    const variables = {
      RUN: run,
      MARKS: this.scene.namespace,
      CODE: String(code),
      STUBBORN: options.isStubborn === true ? "yes" : "no",
    };
    const object = {
      apiVersion,
      kind: "JobSubmission",
      metadata: { name },
      spec: {
        from: { script: { name: scriptName } },
        target: { slurm: { name: this.scene.clusters[on] } },
        ...(retries === undefined ? {} : { retry: specOf(retries) }),
        ...(tasks === undefined ? {} : { resources: { array: `0-${tasks - 1}` } }),
        variables: Object.entries(variables).map(([key, value]) => ({ name: key, value })),
        ...options.spec,
      },
    };
    this.sent.push(sent);
    await this.scene.kubectl(["apply", "-f", "-"], JSON.stringify(object));
    return sent;
  }

  /** Lets its script come to its end; `shut` makes the next run wait again. */
  async open({ run }: Sent): Promise<void> {
    await this.run("alice", `touch ~/gate-${run}`);
  }

  async shut({ run }: Sent): Promise<void> {
    await this.run("alice", `rm ~/gate-${run}`);
  }

  /** Shell text in the cluster's root that must succeed. @returns what it printed, trimmed */
  async run(user: User, text: string): Promise<string> {
    return this.scene.run(on, user, text);
  }

  /** Waits until this shell text, as root in the cluster, succeeds. */
  async waitFor(condition: string): Promise<void> {
    const text = `end=$(($(/usr/bin/date +%s) + ${stepWithin / 1000})); until ${condition}; do [ "$(/usr/bin/date +%s)" -lt $end ] || exit 1; sleep 0.1; done`;
    await this.run("root", text);
  }

  /** A path in the cluster that no other play has, also of an earlier run. */
  path(what: string): string {
    return `/tmp/${what}-${this.scene.namespace}-${this.#tag}`;
  }

  /** @throws Error for what does not come in time */
  async soon(coming: Promise<unknown>, what: string): Promise<void> {
    const limit = AbortSignal.timeout(stepWithin);
    const { promise, reject } = Promise.withResolvers<never>();
    limit.addEventListener("abort", () => {
      reject(new Error(`${what}: not within ${stepWithin} ms`));
    });
    await Promise.race([coming, promise]);
  }

  /** Waits until its script has been started so many times. @returns id of the job that did so last */
  async started({ run }: Sent, times = 1): Promise<number> {
    const file = `/home/alice/${this.scene.namespace}/${run}`;
    await this.waitFor(`[ "$(grep -c ^start ${file} 2>/dev/null)" = ${times} ]`);
    return Number(await this.run("root", `tail -n 1 ${file} | cut -d ' ' -f 2`));
  }

  /** Waits until Slurm shows the job in one of these states, which are joined by commas. */
  async inState(jobId: number, states: string): Promise<void> {
    await this.waitFor(`[ -n "$(squeue -h -a -j ${jobId} -t ${states} -o %A 2>/dev/null)" ]`);
  }

  /** Sends a job back to the queue, and sees it there. */
  async requeue(jobId: number, how: "requeue" | "requeuehold" = "requeue"): Promise<void> {
    // In one go: it does not stay there for long.
    await this.run(
      "root",
      `scontrol ${how} ${jobId} && for try in ${pollsFor}; do [ -z "$(squeue -h -a -j ${jobId} -t PD,CF,R -o %A)" ] || exit 0; sleep 0.1; done; exit 1`,
    );
  }

  /** @returns nothing once it is gone */
  async find({ name }: Sent): Promise<JobSubmission | undefined> {
    const text = await this.scene.kubectl(["get", "jsub", name, "--ignore-not-found", "-o", "json"]);
    return text.trim() === "" ? undefined : jobSubmission.parse(JSON.parse(text));
  }

  async until(sent: Sent, is: (seen: JobSubmission) => boolean): Promise<JobSubmission> {
    return eventually(
      async () => {
        const seen = await this.find(sent);
        if (seen !== undefined && is(seen)) return seen;
        throw new Error(`${sent.name} is not as it should be: ${JSON.stringify(seen?.status)}`);
      },
      { within: stepWithin, every: 200 },
    );
  }

  /** Where the files of its last attempt are. */
  async directoryOf(sent: Sent): Promise<string> {
    const { status } = await this.until(sent, (seen) => (seen.status.attempts ?? []).length > 0);
    return status.attempts?.at(-1)?.directory ?? "";
  }

  /** Replaces fields of the cluster's spec; without any it is again as it was. */
  async setCluster(spec: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.scene.kubectl(["apply", "-f", "-"], JSON.stringify(throughProxy(this.scene, on, spec)));
  }

  async patch({ name }: Sent, merge: object): Promise<void> {
    await this.scene.kubectl(["patch", "jsub", name, "--type=merge", "-p", JSON.stringify(merge)]);
  }

  async delete({ name }: Sent): Promise<void> {
    await this.scene.kubectl(["delete", "jsub", name, "--wait=false"]);
  }

  /** Waits until its end is told, or it is gone. What of its script runs then, runs too long; what starts later, starts too late. */
  async end(sent: Sent): Promise<void> {
    let last: JobSubmission | undefined;
    try {
      await eventually(
        async () => {
          last = await this.find(sent);
          return last === undefined || last.status.finished === "true";
        },
        { within: endWithin, every: 200 },
      );
    } catch {
      this.complaints.push(`${sent.name} is stuck: ${JSON.stringify(last?.status.conditions)}`);
      return;
    }
    const processes = await this.run(
      "root",
      `grep -lzx 'RUN=${sent.run}' /proc/[0-9]*/environ 2>/dev/null || true`,
    );
    const what = last === undefined ? "the object is gone" : `${last.status.phase} is told`;
    if (processes !== "") this.complaints.push(`${sent.name}: its script runs although ${what}`);
    const starts = (await readMarks(this.scene, on)).get(sent.run) ?? [];
    this.told.push({ sent, starts: starts.length });
  }
}
