import { expect } from "vitest";
import type { JobSubmission } from "../../../src/api/v1alpha1/job-submission.ts";
import type { ClusterName } from "../../lab/lab.ts";
import { eventually } from "../../lab/eventually.ts";
import { type ClusterSide, clusterSide, gateOf, markedBy, markedScript, openGate } from "../cluster-side.ts";
import { lifetime, ofScript, script, type Stage, submit } from "../stage.ts";
import { type Detour, openDetour } from "./detour.ts";
import { expectToBeTold, expectToHaveEnded, expectToLive, looksLike } from "./expectation.ts";
import { gateFile, nodesOf } from "./site.ts";
import { rowOf, type StateId } from "./table.ts";

/** Jobs of one cluster, brought through one course each: sent once, moved from outside, and looked at from both sides. */
export interface Course extends ClusterSide {
  readonly cluster: ClusterName;
  readonly nodes: ReturnType<typeof nodesOf>;
  /** Rows that were seen to hold. */
  readonly shown: ReadonlySet<StateId>;
  name(what: string): string;
  /** Sends a script of its own, which marks each of its starts before `body` begins. */
  send(what: string, body: string, sent?: Sent): Promise<void>;
  /** Sends this text as the script. */
  sendText(what: string, text: string): Promise<void>;
  /** Waits for a state, or for what `is` says. @returns the job's id */
  reaches(what: string, is: string | ((seen: JobSubmission) => boolean)): Promise<string>;
  /** Waits until it shows what the table's row says of a job that lives. */
  expectLife(what: string, row: StateId): Promise<JobSubmission>;
  /** Waits for the end, which must be as the table's row says, once, as one attempt, and told in an event. */
  expectEnd(what: string, row: StateId, more?: Ended): Promise<JobSubmission>;
  /** Lets a script that waits for it end. */
  open(what: string): Promise<void>;
  /** Asks for its end in the spec, and waits for it. */
  cancel(what: string): Promise<void>;
  /** Waits until squeue itself has the job in this state. */
  queueShows(jobId: string, state: string): Promise<void>;
  /** Takes a node down, or has it back, and waits until Slurm says so. */
  node(name: string, is: "down" | "up"): Promise<void>;
  /** Keeps a job in its prolog or epilog, lets it fail there, or lets it through. */
  gate(stage: "prolog" | "epilog", jobId: string, is: "hold" | "fail" | "open"): Promise<void>;
  /** scontrol as root, until it is taken: a job in its first second, or in its last, takes no change. */
  control(text: string): Promise<void>;
  /** Another way to the cluster, which can be shut while the jobs go on. */
  detour(what: string): Promise<Detour>;
}

export interface Sent {
  /** Where it runs, if not on the steady node. */
  readonly node?: string;
  readonly sbatch?: readonly string[];
  /** Below the script's first line. They say where it runs. */
  readonly directives?: readonly string[];
  /** SlurmCluster, if not the stage's own. */
  readonly target?: string;
}

export interface Ended {
  /** How often the script was started; 1 where it is not said. */
  readonly runs?: number;
  /** More of the status. */
  readonly shown?: object;
}

/** Several waits for things that Slurm looks at each 30 s only, or for the old credential of a requeued job. */
export const slowly = 2 * lifetime;

export function courseOn(stage: Stage, cluster: ClusterName): Course {
  const slurm = clusterSide(stage, cluster);
  const nodes = nodesOf(cluster);
  const shown = new Set<StateId>();
  const name = (what: string) => `${what}-${cluster}`;
  const until = async (what: string, is: (seen: JobSubmission) => boolean) => stage.until(name(what), is);
  const submitted = (what: string, { node = nodes.steady, sbatch = [], directives, target }: Sent) =>
    submit(name(what), ofScript(name(what)), {
      cluster: target ?? stage.clusters[cluster],
      spec: {
        variables: [...markedBy(name(what)).variables, { name: "GATE", value: gateOf(stage, name(what)) }],
        resources: { sbatch: [...(directives === undefined ? [`--nodelist=${node}`] : []), ...sbatch] },
      },
    });
  return {
    ...slurm,
    cluster,
    nodes,
    shown,
    name,
    async send(what, body, sent = {}) {
      await stage.apply(markedScript(stage, name(what), body, sent.directives), submitted(what, sent));
    },
    async sendText(what, text) {
      await stage.apply(script(name(what), text), submitted(what, {}));
    },
    async reaches(what, is) {
      const { status } = await until(what, typeof is === "string" ? (seen) => seen.status.state === is : is);
      if (status.jobId === undefined) throw new Error(`${what} has no job id: ${JSON.stringify(status)}`);
      return status.jobId;
    },
    async expectLife(what, id) {
      const seen = await until(what, (now) => looksLike(now, rowOf(id)));
      expectToLive(seen, rowOf(id));
      shown.add(id);
      return seen;
    },
    async expectEnd(what, id, { runs = 1, shown: more = {} } = {}) {
      const done = await stage.finished(name(what));
      expect(done.status).toMatchObject(more);
      expectToHaveEnded(done, rowOf(id));
      expect(await slurm.marks(name(what))).toEqual(Array.from({ length: runs }, () => done.status.jobId));
      await expectToBeTold(stage, done);
      shown.add(id);
      return done;
    },
    open: async (what) => {
      await openGate(stage, cluster, name(what));
    },
    async cancel(what) {
      await stage.kubectl("patch", "jsub", name(what), "--type=merge", "-p", '{"spec":{"cancel":true}}');
      const { status } = await stage.finished(name(what));
      expect(status).toMatchObject({ phase: "Aborted", state: "CANCELLED" });
    },
    async queueShows(jobId, state) {
      await eventually(
        async () => {
          const seen = await slurm.run("root", `squeue -h -t all -j ${jobId} -o %T`);
          if (seen !== state) throw new Error(`job ${jobId} is ${seen}`);
          return true;
        },
        { within: lifetime },
      );
    },
    async node(node, is) {
      // One that registers comes back by itself, unless it is drained as well, and then takes no `resume`.
      const command =
        is === "down"
          ? `state=down reason=test && scontrol update nodename=${node} state=drain reason=test`
          : "state=resume";
      const wanted = is === "down" ? "down|drained" : "idle|mixed|allocated";
      await eventually(
        async () =>
          slurm
            .run(
              "root",
              `scontrol update nodename=${node} ${command}; sinfo -h -n ${node} -o %T | grep -qE '^(${wanted})'`,
            )
            .then(() => true),
        { within: 60_000, every: 1000 },
      );
    },
    async gate(at, jobId, is) {
      const file = gateFile(at, jobId);
      await slurm.run("root", is === "open" ? `rm ${file}` : `echo ${is} > ${file}`);
    },
    async control(text) {
      await eventually(async () => slurm.run("root", `scontrol ${text}`).then(() => true), {
        within: 30_000,
      });
    },
    detour: async (what) => openDetour(stage, cluster, name(what)),
  };
}
