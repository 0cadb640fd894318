import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { JobSubmission } from "../../src/api/v1alpha1/job-submission.ts";
import { setSlurm } from "../lab/daemons.ts";
import { eventually } from "../lab/eventually.ts";
import { installOperator, type RunningOperator, startOperator } from "../lab/operator.ts";
import { clusterSide, markedBy, markedScript } from "./cluster-side.ts";
import { conditionIn, lifetime, messageIn, ofScript, openStage, type Stage, submit } from "./stage.ts";

const lab = inject("lab");
let operator: RunningOperator;
let stage: Stage;

beforeAll(async () => {
  await installOperator(lab);
  operator = await startOperator(lab);
  stage = await openStage(lab);
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await operator[Symbol.asyncDispose]();
});

/** Slurm looks at time limits every 30 s. */
const timeoutWithin = 2 * lifetime;

describe.concurrent.each(["c1", "c2"] as const)("on %s", (cluster) => {
  const name = (what: string) => `${what}-${cluster}`;
  const slurm = () => clusterSide(stage, cluster);
  /** Sends a script of its own, which marks each of its starts. */
  const send = async (what: string, body: string, spec: object = {}) =>
    stage.apply(
      markedScript(stage, name(what), body),
      submit(name(what), ofScript(name(what)), {
        cluster: stage.clusters[cluster],
        spec: { ...markedBy(name(what)), ...spec },
      }),
    );
  const inState = async (what: string, state: string): Promise<string> => {
    const { status } = await stage.until(name(what), (seen) => seen.status.state === state);
    if (status.jobId === undefined) throw new Error(`${what} is ${state} without a job id`);
    return status.jobId;
  };
  /** It ran once, as one attempt, and nobody holds it any more. */
  const expectOneRun = async ({ metadata, status }: JobSubmission) => {
    expect(status.attempts).toMatchObject([{ index: 1, jobId: status.jobId, ended: "Over" }]);
    expect(metadata.finalizers).toEqual([]);
    expect(await slurm().marks(metadata.name)).toEqual([status.jobId]);
  };

  test.each([
    { signal: "SEGV", code: 139 },
    { signal: "KILL", code: 137 },
  ])("a script that SIG$signal ends has failed, and says so", { timeout: lifetime }, async (given) => {
    const what = given.signal.toLowerCase();
    await send(what, `ulimit -c 0\nkill -${given.signal} $$`);
    const done = await stage.finished(name(what));
    expect(done.status).toMatchObject({ phase: "Aborted", state: "FAILED", exitCode: given.code });
    expect(conditionIn(done, "Succeeded")).toBe("False JobFailed");
    expect(messageIn(done)).toContain(`exit code ${given.code}`);
    await expectOneRun(done);
  });

  test(
    "a job at its time limit has timed out, also when its script ends well on TERM",
    { timeout: timeoutWithin },
    async () => {
      await send("late", "trap 'exit 0' TERM\nsleep 600 & wait");
      const jobId = await inState("late", "RUNNING");
      // Not within the second in which it started.
      await eventually(
        async () =>
          slurm()
            .run("root", `scontrol update jobid=${jobId} EndTime=now`)
            .then(() => true),
        { within: 20_000 },
      );
      const done = await stage.until(name("late"), ({ status }) => status.finished === "true", timeoutWithin);
      expect(done.status).toMatchObject({ phase: "Aborted", state: "TIMEOUT" });
      expect(conditionIn(done, "Stalled")).toBe("True JobTimedOut");
      expect(messageIn(done)).toContain("resources.timeLimitSeconds");
      await expectOneRun(done);
    },
  );

  test.runIf(lab.clusters[cluster].enforcesMemory)(
    "a job that takes more memory than it asked for has run out of it",
    { timeout: lifetime },
    async () => {
      await send("greedy", "head -c 300m /dev/zero | tail -c 300m | wc -c");
      const done = await stage.finished(name("greedy"));
      expect(done.status).toMatchObject({ phase: "Aborted", state: "OUT_OF_MEMORY" });
      expect(conditionIn(done, "Stalled")).toBe("True JobOutOfMemory");
      expect(messageIn(done)).toContain("resources.memory");
      await expectOneRun(done);
    },
  );

  test("a running job that somebody else cancels is told as cancelled", { timeout: lifetime }, async () => {
    await send("scancelled", "sleep 600");
    const jobId = await inState("scancelled", "RUNNING");
    await slurm().run("root", `scancel ${jobId}`);
    const done = await stage.finished(name("scancelled"));
    expect(done.status).toMatchObject({ phase: "Aborted", state: "CANCELLED", jobId });
    expect(conditionIn(done, "Succeeded")).toBe("False JobCancelled");
    await expectOneRun(done);
  });

  test(
    "a pending job that somebody else cancels is told as cancelled, and not sent again",
    { timeout: lifetime },
    async () => {
      await send("unheld", "sleep 600", { resources: { sbatch: ["--hold"] } });
      const jobId = await inState("unheld", "PENDING");
      await slurm().run("root", `scancel ${jobId}`);
      const done = await stage.finished(name("unheld"));
      expect(done.status).toMatchObject({ phase: "Aborted", state: "CANCELLED", jobId });
      expect(done.status.attempts).toHaveLength(1);
      expect(done.status.startedAt).toBeUndefined();
      expect(conditionIn(done, "Succeeded")).toBe("False JobCancelled");
      expect(await slurm().marks(name("unheld"))).toEqual([]);
    },
  );

  test(
    "a job that Slurm requeues is followed through its second run: one submission, one id",
    { timeout: timeoutWithin },
    async () => {
      await send(
        "again",
        '[ "${SLURM_RESTART_COUNT:-0}" -gt 0 ] || sleep 600\necho "run=$SLURM_RESTART_COUNT" >> "$JOB_OUTPUTS"',
        { resources: { sbatch: ["--requeue"] } },
      );
      const jobId = await inState("again", "RUNNING");
      await slurm().run("root", `scontrol requeue ${jobId}`);
      const { status } = await stage.until(
        name("again"),
        (seen) => seen.status.finished === "true",
        timeoutWithin,
      );
      expect(status).toMatchObject({
        phase: "Done",
        state: "COMPLETED",
        jobId,
        restarts: 1,
        exitCode: 0,
        outputs: [{ name: "run", value: "1" }],
      });
      expect(status.attempts).toHaveLength(1);
      expect(await slurm().marks(name("again"))).toEqual([jobId, jobId]);
    },
  );

  test("an array that is cancelled halfway keeps what had ended before", { timeout: lifetime }, async () => {
    await send("halfway", '[ "$SLURM_ARRAY_TASK_ID" = 0 ] || sleep 600', { resources: { array: "0-9%2" } });
    await stage.until(name("halfway"), ({ status }) => {
      const counts = new Map(status.array?.states.map(({ state, count }) => [state, count]));
      return counts.get("COMPLETED") === 1 && counts.get("RUNNING") === 2 && counts.get("PENDING") === 7;
    });
    await stage.kubectl("patch", "jsub", name("halfway"), "--type=merge", "-p", '{"spec":{"cancel":true}}');
    const done = await stage.finished(name("halfway"));
    expect(done.status).toMatchObject({ phase: "Aborted", state: "CANCELLED" });
    expect(conditionIn(done, "Succeeded")).toBe("False JobCancelled");
    expect(done.status.array).toEqual({
      tasks: 10,
      states: [
        { state: "COMPLETED", count: 1, indexes: "0" },
        { state: "CANCELLED", count: 9, indexes: "1-9" },
      ],
      updatedAt: expect.any(String),
    });
    expect(await slurm().marks(name("halfway"))).toHaveLength(3);
  });

  test("a submission that waits for another can be cancelled unsent", { timeout: lifetime }, async () => {
    await send("unsent", "exit 0", { dependsOn: [{ name: name("never-there") }] });
    await stage.until(name("unsent"), (seen) => conditionIn(seen, "Reconciling") !== "absent");
    await stage.kubectl("patch", "jsub", name("unsent"), "--type=merge", "-p", '{"spec":{"cancel":true}}');
    const done = await stage.finished(name("unsent"));
    expect(done.status).toMatchObject({ phase: "Aborted", state: "CANCELLED" });
    expect(done.status.attempts).toBeUndefined();
    expect(conditionIn(done, "Dispatched")).toBe("False JobCancelled");
    expect(await slurm().marks(name("unsent"))).toEqual([]);
  });

  test("a pending job that is cancelled never starts", { timeout: lifetime }, async () => {
    await send("patient", "exit 0", { resources: { sbatch: ["--begin=now+1hour"] } });
    const jobId = await inState("patient", "PENDING");
    await stage.kubectl("patch", "jsub", name("patient"), "--type=merge", "-p", '{"spec":{"cancel":true}}');
    const done = await stage.finished(name("patient"));
    expect(done.status).toMatchObject({ phase: "Aborted", state: "CANCELLED", jobId });
    expect(await slurm().run("root", `squeue -h -j ${jobId} -t PENDING,RUNNING 2>/dev/null || true`)).toBe(
      "",
    );
    expect(await slurm().marks(name("patient"))).toEqual([]);
  });

  test(
    "a job whose output cannot be opened ends as Slurm says, and is not sent again",
    { timeout: lifetime },
    async () => {
      await send("mute", "exit 0", { resources: { sbatch: ["--output=/root/nowhere/%j.out"] } });
      const done = await stage.finished(name("mute"));
      expect(done.status).toMatchObject({ phase: "Aborted", state: "FAILED" });
      expect(done.status.attempts).toHaveLength(1);
      expect(conditionIn(done, "Stalled")).toBe("True JobFailed");
      expect(done.status.reason?.text).toContain("not writable");
      expect(await slurm().marks(name("mute"))).toEqual([]);
    },
  );
});

describe("a job that ended and was forgotten by Slurm while nobody looked", () => {
  const clusters = ["c1", "c2"] as const;
  const kinds = ["good", "bad", "gone", "purged"] as const;
  const bodies = {
    good: 'echo "kept=yes" >> "$JOB_OUTPUTS"',
    bad: "exit 7",
    // The launcher has no chance to leave a mark.
    gone: 'kill -KILL "$PPID"',
    // Its directory goes before anybody looks.
    purged: "true",
  };
  const ids = new Map<string, string>();
  const directories = new Map<string, string>();

  beforeAll(async () => {
    for (const cluster of clusters) await setSlurm(lab, cluster, { MinJobAge: 2 });
    for (const cluster of clusters)
      for (const kind of kinds) {
        const name = `${kind}-unseen-${cluster}`;
        await stage.apply(
          markedScript(
            stage,
            name,
            `while [ ! -e "$HOME/go-${stage.namespace}" ]; do sleep 0.2; done\n${bodies[kind]}`,
          ),
          submit(name, ofScript(name), { cluster: stage.clusters[cluster], spec: markedBy(name) }),
        );
      }
    for (const cluster of clusters)
      for (const kind of kinds) {
        const name = `${kind}-unseen-${cluster}`;
        const { status } = await stage.until(name, (seen) => seen.status.state === "RUNNING");
        ids.set(name, status.jobId ?? "");
        directories.set(name, status.workingDirectory ?? "");
      }
    await operator.kill("SIGTERM");
    for (const cluster of clusters)
      await clusterSide(stage, cluster).run("alice", `touch "$HOME/go-${stage.namespace}"`);
    await Promise.all(
      clusters.flatMap((cluster) =>
        kinds.map(async (kind) =>
          clusterSide(stage, cluster).forgotten(ids.get(`${kind}-unseen-${cluster}`) ?? ""),
        ),
      ),
    );
    for (const cluster of clusters) {
      const directory = directories.get(`purged-unseen-${cluster}`) ?? "";
      await clusterSide(stage, cluster).run("alice", `chmod -R u+rwX "${directory}" && rm -r "${directory}"`);
    }
    operator = await startOperator(lab);
  }, 3 * lifetime);

  afterAll(async () => {
    for (const cluster of clusters) await setSlurm(lab, cluster, { MinJobAge: 60 });
  });

  const ended = async (name: string): Promise<JobSubmission> => {
    const done = await stage.finished(name);
    expect(done.status.jobId).toBe(ids.get(name));
    expect(done.status.attempts).toHaveLength(1);
    return done;
  };

  test.each(clusters)("on %s is told by what it left behind", { timeout: lifetime }, async (cluster) => {
    const good = await ended(`good-unseen-${cluster}`);
    expect(good.status).toMatchObject({
      phase: "Done",
      state: "COMPLETED",
      exitCode: 0,
      outputs: [{ name: "kept", value: "yes" }],
    });
    const bad = await ended(`bad-unseen-${cluster}`);
    expect(bad.status).toMatchObject({ phase: "Aborted", state: "FAILED", exitCode: 7 });
    for (const kind of kinds) {
      const name = `${kind}-unseen-${cluster}`;
      expect(await clusterSide(stage, cluster).marks(name)).toEqual([ids.get(name)]);
    }
  });

  test("without mark, by accounting where there is some", { timeout: lifetime }, async () => {
    const done = await ended("gone-unseen-c1");
    expect(done.status).toMatchObject({ phase: "Aborted", state: "FAILED", signal: 9 });
    expect(conditionIn(done, "Stalled")).toBe("True JobFailed");
  });

  test("without mark and accounting, as lost, with what to do", { timeout: lifetime }, async () => {
    const done = await ended("gone-unseen-c2");
    expect(done.status.phase).toBe("Aborted");
    expect(done.status.state).toBeUndefined();
    expect(conditionIn(done, "Stalled")).toBe("True JobLost");
    expect(messageIn(done)).toContain("no exit mark");
  });

  test("without its directory, by accounting where there is some", { timeout: lifetime }, async () => {
    const done = await ended("purged-unseen-c1");
    expect(done.status).toMatchObject({ phase: "Done", state: "COMPLETED" });
  });

  test(
    "without its directory and accounting, as lost, and is not sent again",
    { timeout: lifetime },
    async () => {
      const done = await ended("purged-unseen-c2");
      expect(conditionIn(done, "Stalled")).toBe("True JobLost");
      expect(messageIn(done)).toContain("so it is not sent again");
      expect(await clusterSide(stage, "c2").marks("purged-unseen-c2")).toEqual([ids.get("purged-unseen-c2")]);
    },
  );
});
