import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import type { JobSubmission } from "../../src/api/v1alpha1/job-submission.ts";
import { restartDaemon, signalDaemon, startDaemon, stopDaemon } from "../lab/daemons.ts";
import { eventually } from "../lab/eventually.ts";
import type { ClusterName, Daemon } from "../lab/lab.ts";
import { installOperator, type RunningOperator, startOperator } from "../lab/operator.ts";
import { clusterSide, clusterUntil, gatedScript, markedBy } from "./cluster-side.ts";
import { conditionIn, lifetime, ofScript, openStage, type Stage, submit } from "./stage.ts";

const lab = inject("lab");
let operator: RunningOperator;
let stage: Stage;

beforeAll(async () => {
  await installOperator(lab);
  operator = await startOperator(lab);
  stage = await openStage(lab);
  await stage.apply(gatedScript(stage));
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await operator[Symbol.asyncDispose]();
});

/** Of each test: its jobs wait for a file of this name. */
let gate = "";
beforeEach(({ task }) => {
  gate = `gate-${stage.namespace}-${task.id}`;
});

const daemonOf = (cluster: ClusterName, name: string): Daemon => {
  const daemon = lab.clusters[cluster].daemons[name];
  if (daemon === undefined) throw new Error(`${cluster} has no ${name}`);
  return daemon;
};

const send = async (name: string, cluster: ClusterName, spec: object = {}) => {
  const { variables } = markedBy(name);
  await stage.apply(
    submit(name, ofScript("gated"), {
      cluster: stage.clusters[cluster],
      spec: { variables: [...variables, { name: "GATE", value: gate }], ...spec },
    }),
  );
};
const open = async (cluster: ClusterName) => clusterSide(stage, cluster).run("alice", `touch ~/${gate}`);

const runs = async (name: string): Promise<JobSubmission> =>
  stage.until(name, ({ status }) => status.state === "RUNNING");

/**
 * Waits until slurmctld has written down that the job runs. One that dies before takes it for pending when it comes back, kills what
 * runs and calls the job FAILED (measured on 22.05): then that is the truth.
 */
async function saved(cluster: ClusterName, { status }: JobSubmission): Promise<void> {
  const side = clusterSide(stage, cluster);
  const stamp = `/tmp/${gate}`;
  await side.run("root", `touch ${stamp} && scontrol update jobid=${status.jobId} comment=saved`);
  const isNewer = `[ /var/lib/slurm/state/job_state -nt ${stamp} ] && echo yes || true`;
  await eventually(async () => (await side.run("root", isNewer)) === "yes", { within: lifetime, every: 500 });
}

/** Phase, state and id, as pipelines see them. */
const seenOf = ({ status }: JobSubmission) => ({
  phase: status.phase,
  state: status.state,
  jobId: status.jobId,
  succeeded: status.conditions?.find(({ type }) => type === "Succeeded")?.status,
});

/** Done, and its script was started once, by the job that it names. */
async function expectDoneOnce(name: string, cluster: ClusterName): Promise<JobSubmission> {
  const done = await stage.finished(name);
  expect(done.status).toMatchObject({ phase: "Done", state: "COMPLETED", exitCode: 0 });
  expect(await clusterSide(stage, cluster).marks(name)).toEqual([done.status.jobId]);
  expect(done.status.attempts?.at(-1)).toMatchObject({ jobId: done.status.jobId, ended: "Over" });
  for (const earlier of done.status.attempts?.slice(0, -1) ?? []) expect(earlier.ended).toBe("DidNotRun");
  return done;
}

/** The cluster is told as down, jobs as they were, and what is created meanwhile waits. */
async function expectHeld(cluster: ClusterName, before: JobSubmission, late: string): Promise<void> {
  const { name } = before.metadata;
  await clusterUntil(stage, stage.clusters[cluster], { type: "Reachable", is: /^False/u });
  await clusterUntil(stage, stage.clusters[cluster], { type: "Ready", is: /^False/u });
  await send(late, cluster);
  const waiting = await stage.until(
    late,
    (seen) => conditionIn(seen, "Reconciling") === "True ClusterNotReady",
  );
  expect(waiting.status.phase).toBe("Created");
  expect(waiting.status.attempts).toBeUndefined();
  expect(seenOf(await stage.submission(name))).toEqual(seenOf(before));
}

/** Each outage lasts a minute or so: the second release has its turn in the long run. */
const tried = process.env["BATCHWRIGHT_FULL"] === "1" ? (["c1", "c2"] as const) : (["c1"] as const);

describe.each(tried)("on %s", (cluster) => {
  const name = (what: string) => `${what}-${cluster}`;
  const backAgain = async () =>
    clusterUntil(stage, stage.clusters[cluster], { type: "Ready", is: /^True ClusterReady$/u });

  test(
    "a controller that hangs changes no job; what was on its way to it, and what comes meanwhile, is sent once",
    { timeout: 3 * lifetime },
    async () => {
      await send(name("running"), cluster);
      const before = await runs(name("running"));
      const slurmctld = daemonOf(cluster, "slurmctld");
      await signalDaemon(slurmctld, "SIGSTOP");
      try {
        // The cluster still counts as good: these are handed to an sbatch that gets no answer.
        for (const index of [1, 2, 3]) await send(name(`in-flight-${index}`), cluster);
        for (const index of [1, 2, 3])
          await stage.until(name(`in-flight-${index}`), ({ status }) => status.attempts?.length === 1);
        await expectHeld(cluster, before, name("late"));
      } finally {
        await signalDaemon(slurmctld, "SIGCONT");
      }
      await backAgain();
      await open(cluster);
      await expectDoneOnce(name("running"), cluster);
      for (const what of ["in-flight-1", "in-flight-2", "in-flight-3"])
        await expectDoneOnce(name(what), cluster);
      const late = await expectDoneOnce(name("late"), cluster);
      expect(late.status.attempts).toHaveLength(1);
    },
  );

  test(
    "a login node that is gone, with every connection to it, changes no job",
    { timeout: 3 * lifetime },
    async () => {
      await send(name("kept"), cluster);
      await send(name("ends"), cluster, {
        variables: [
          { name: "MARK", value: name("ends") },
          { name: "GATE", value: `${gate}-early` },
        ],
      });
      const before = await runs(name("kept"));
      await runs(name("ends"));
      const side = clusterSide(stage, cluster);
      await stopDaemon(lab, cluster, "sshd");
      try {
        // Its children would keep the connections that are open.
        await side.run("root", "pkill -KILL -u alice sshd");
        await expectHeld(cluster, before, name("later"));
        await side.run("alice", `touch ~/${gate}-early`);
      } finally {
        await startDaemon(lab, cluster, "sshd");
      }
      await backAgain();
      await expectDoneOnce(name("ends"), cluster);
      await open(cluster);
      const { status } = await expectDoneOnce(name("kept"), cluster);
      expect(status.jobId).toBe(before.status.jobId);
      await expectDoneOnce(name("later"), cluster);
    },
  );

  test("jobs outlive a controller that is killed and started again", { timeout: 3 * lifetime }, async () => {
    await send(name("survivor"), cluster);
    const before = await runs(name("survivor"));
    await saved(cluster, before);
    const slurmctld = daemonOf(cluster, "slurmctld");
    await signalDaemon(slurmctld, "SIGKILL");
    try {
      await expectHeld(cluster, before, name("after"));
    } finally {
      await restartDaemon(lab, cluster, "slurmctld");
    }
    await backAgain();
    await open(cluster);
    const { status } = await expectDoneOnce(name("survivor"), cluster);
    expect(status.jobId).toBe(before.status.jobId);
    await expectDoneOnce(name("after"), cluster);
  });
});

test("jobs end while accounting is down", { timeout: 2 * lifetime }, async () => {
  await send("unaccounted", "c1");
  const before = await runs("unaccounted");
  await stopDaemon(lab, "c1", "slurmdbd");
  try {
    await send("unaccounted-too", "c1");
    await runs("unaccounted-too");
    await open("c1");
    const { status } = await expectDoneOnce("unaccounted", "c1");
    expect(status.jobId).toBe(before.status.jobId);
    await expectDoneOnce("unaccounted-too", "c1");
  } finally {
    await startDaemon(lab, "c1", "slurmdbd");
  }
});
