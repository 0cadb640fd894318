import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { insideRoot, startDaemon, stopDaemon } from "../lab/daemons.ts";
import { eventually } from "../lab/eventually.ts";
import { kubectl } from "../lab/kubectl.ts";
import { installOperator, type RunningOperator, startOperator } from "../lab/operator.ts";
import { clusterSide, gatedScript, markedBy } from "./cluster-side.ts";
import { Witness, witnessScript } from "./kill/witness.ts";
import { conditionIn, lifetime, ofScript, openStage, script, type Stage, submit } from "./stage.ts";

const lab = inject("lab");
const clusters = ["c1", "c2"] as const;
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

/** A submission on each cluster that runs until its gate is opened. @returns their names */
async function send(what: string, options: { spec?: object; gate?: string } = {}): Promise<string[]> {
  const names = clusters.map((cluster) => `${what}-${cluster}`);
  await stage.apply(
    ...clusters.map((cluster) => {
      const name = `${what}-${cluster}`;
      const { variables } = markedBy(name);
      const spec = {
        variables: [...variables, { name: "GATE", value: options.gate ?? gate }],
        ...options.spec,
      };
      return submit(name, ofScript("gated"), { cluster: stage.clusters[cluster], spec });
    }),
  );
  return names;
}

const open = async (name: string) =>
  Promise.all(clusters.map(async (cluster) => clusterSide(stage, cluster).run("alice", `touch ~/${name}`)));

const idsIn = async (names: readonly string[], state: string): Promise<Map<string, string>> => {
  const seen = await Promise.all(
    names.map(async (name) => stage.until(name, ({ status }) => status.state === state)),
  );
  return new Map(seen.map(({ metadata, status }) => [metadata.name, status.jobId ?? ""]));
};

const clusterOf = (name: string) => (name.endsWith("-c1") ? "c1" : "c2");
const marksOf = async (name: string) => clusterSide(stage, clusterOf(name)).marks(name);

/** Done, once, under the id that it had before. */
async function expectSameRun(ids: ReadonlyMap<string, string>): Promise<void> {
  for (const [name, jobId] of ids) {
    const { status } = await stage.finished(name);
    expect(status).toMatchObject({ phase: "Done", state: "COMPLETED", jobId });
    expect(status.attempts).toMatchObject([{ index: 1, jobId, ended: "Over" }]);
    expect(await marksOf(name)).toEqual([jobId]);
  }
}

/** Waits until Slurm has no more to do with these jobs. */
const ended = async (ids: ReadonlyMap<string, string>) =>
  Promise.all(
    [...ids].map(async ([name, jobId]) =>
      eventually(
        async () => {
          const look = `squeue -h -j ${jobId} -t PENDING,RUNNING,COMPLETING 2>/dev/null || true`;
          return (
            (await insideRoot(lab, { cluster: clusterOf(name), user: "root" }, look)).stdout.trim() === ""
          );
        },
        { within: lifetime, every: 500 },
      ),
    ),
  );

test.each(["SIGTERM", "SIGKILL"] as const)(
  "after %s jobs that wait, run, end or are just being sent are taken up as they are",
  { timeout: 3 * lifetime },
  async (signal) => {
    const tag = signal.toLowerCase();
    const held = await idsIn(
      await send(`held-${tag}`, { spec: { resources: { sbatch: ["--hold"] } } }),
      "PENDING",
    );
    const running = await idsIn(await send(`running-${tag}`), "RUNNING");
    const ending = await idsIn(await send(`ending-${tag}`, { gate: `${gate}-early` }), "RUNNING");
    const sent = send(`sent-${tag}`);
    await open(`${gate}-early`);
    const fresh = await sent;
    await operator.kill(signal);
    await ended(ending);
    operator = await startOperator(lab);
    await open(gate);
    for (const [name, jobId] of held)
      await clusterSide(stage, clusterOf(name)).run("root", `scontrol release ${jobId}`);
    await expectSameRun(new Map([...ending, ...running, ...held]));
    for (const name of fresh) {
      const { status } = await stage.finished(name);
      expect(status).toMatchObject({ phase: "Done", state: "COMPLETED" });
      expect(await marksOf(name)).toEqual([status.jobId]);
    }
  },
);

test(
  "jobs that end while the API server is down are told when it is back",
  { timeout: 3 * lifetime },
  async () => {
    const running = await idsIn(await send("kept"), "RUNNING");
    const ending = await idsIn(await send("ends-meanwhile", { gate: `${gate}-early` }), "RUNNING");
    await stopDaemon(lab, "kube", "apiserver");
    try {
      await open(`${gate}-early`);
      await ended(ending);
    } finally {
      await startDaemon(lab, "kube", "apiserver");
    }
    await expectSameRun(ending);
    expect(await operator.metrics()).toContain("workqueue_depth");
    await open(gate);
    await expectSameRun(running);
  },
);

test(
  "two operators at once run every job once, also when one of them is killed",
  { timeout: 3 * lifetime },
  async () => {
    const folder = `witness-${stage.namespace}`;
    const [c1, c2] = [await Witness.open(lab, "c1", folder), await Witness.open(lab, "c2", folder)];
    const names = Array.from({ length: 24 }, (_, index) => `twice-${index}-${clusters[index % 2]}`);
    await stage.apply(script("witness", witnessScript));
    await using second = await startOperator(lab);
    await stage.apply(
      ...names.map((name) =>
        submit(name, ofScript("witness"), {
          cluster: stage.clusters[clusterOf(name)],
          spec: {
            variables: Object.entries({ RUN: name, MARKS: folder, SECONDS_LONG: "1", FAILS: "none" }).map(
              ([variable, value]) => ({ name: variable, value }),
            ),
          },
        }),
      ),
    );
    await stage.until("twice-23-c2", ({ status }) => status.phase !== undefined);
    await operator.kill("SIGKILL");
    const ids = new Map<string, string | undefined>();
    for (const name of names) {
      const { status } = await stage.finished(name);
      expect(status).toMatchObject({ phase: "Done", state: "COMPLETED" });
      ids.set(name, status.jobId);
    }
    for (const [cluster, witness] of [
      ["c1", c1],
      ["c2", c2],
    ] as const) {
      const marks = await witness.marks();
      expect(new Map(marks.map(({ run, jobId }) => [run, String(jobId)]))).toEqual(
        new Map([...ids].filter(([name]) => clusterOf(name) === cluster)),
      );
      // No task ran twice, and Slurm gave out no id that belongs to no submission.
      expect(marks.map(({ slurmId }) => slurmId).toSorted((a, b) => a - b)).toEqual(
        await witness.issuedIds(),
      );
    }
    await second.kill("SIGTERM");
    operator = await startOperator(lab);
  },
);

test("a cancel that came while the operator was down is done", { timeout: 2 * lifetime }, async () => {
  const ids = await idsIn(await send("cancelled"), "RUNNING");
  await operator.kill("SIGKILL");
  const unsent = await send("cancelled-unsent");
  const names = [...ids.keys(), ...unsent];
  await stage.kubectl("patch", "jsub", ...names, "--type=merge", "-p", '{"spec":{"cancel":true}}');
  operator = await startOperator(lab);
  for (const name of names) {
    const { status, ...object } = await stage.finished(name);
    expect(status).toMatchObject({ phase: "Aborted", state: "CANCELLED" });
    expect(conditionIn({ ...object, status }, "Succeeded")).toBe("False JobCancelled");
    expect(status.jobId).toBe(ids.get(name));
    expect(await marksOf(name)).toEqual(ids.has(name) ? [ids.get(name)] : []);
  }
  await ended(ids);
});

test(
  "a deletion that came while the operator was down ends the job, then the object goes",
  { timeout: 2 * lifetime },
  async () => {
    const ids = await idsIn(await send("deleted"), "RUNNING");
    await operator.kill("SIGKILL");
    const unsent = await send("deleted-unsent");
    await stage.kubectl("delete", "jsub", ...unsent, "--timeout=60s");
    await stage.kubectl("delete", "jsub", ...ids.keys(), "--wait=false");
    operator = await startOperator(lab);
    for (const name of ids.keys()) {
      await eventually(
        async () => {
          const { stderr } = await kubectl(lab, ["-n", stage.namespace, "get", "jsub", name]);
          return stderr.includes("NotFound");
        },
        { within: lifetime, every: 500 },
      );
    }
    // The object goes last: by then nothing of the job may be left.
    for (const [name, jobId] of ids) {
      expect(
        await clusterSide(stage, clusterOf(name)).run(
          "root",
          `squeue -h -j ${jobId} -t PENDING,RUNNING,COMPLETING 2>/dev/null || true`,
        ),
      ).toBe("");
      expect(await marksOf(name)).toEqual([jobId]);
    }
    for (const name of unsent) expect(await marksOf(name)).toEqual([]);
  },
);
