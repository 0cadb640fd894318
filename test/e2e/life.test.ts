import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { installOperator, type RunningOperator, startOperator } from "../lab/operator.ts";
import { eventually } from "../lab/eventually.ts";
import { clusterSide, markedBy, markedScript } from "./cluster-side.ts";
import { conditionIn, lifetime, messageIn, ofScript, openStage, type Stage, submit } from "./stage.ts";

const lab = inject("lab");
let operator: RunningOperator;
let stage: Stage;

beforeAll(async () => {
  await installOperator(lab);
  operator = await startOperator(lab);
  stage = await openStage(lab);
  await stage.apply(markedScript(stage, "quick", "true"), markedScript(stage, "long", "sleep 12"));
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await operator[Symbol.asyncDispose]();
});

const suspended = (is: boolean): string => JSON.stringify({ spec: { suspend: is } });

describe.concurrent.each(["c1", "c2"] as const)("on %s", (cluster) => {
  const name = (what: string) => `${what}-${cluster}`;
  const slurm = () => clusterSide(stage, cluster);
  const send = async (what: string, spec: object) =>
    stage.apply(
      submit(name(what), ofScript("quick"), {
        cluster: stage.clusters[cluster],
        spec: { ...markedBy(name(what)), ...spec },
      }),
    );
  const suspend = async (what: string, is: boolean) =>
    stage.kubectl("patch", "jobsubmission", name(what), "--type=merge", "-p", suspended(is));
  const queued = async (jobId: string) => slurm().run("root", `squeue -h -j ${jobId} -o '%T %r'`);

  test("what is suspended is not sent until it is let go", { timeout: lifetime }, async () => {
    await send("kept", { suspend: true });
    const kept = await stage.until(name("kept"), (seen) => conditionIn(seen, "Succeeded") !== "absent");
    expect(kept.status).toMatchObject({ phase: "Created", finished: "false" });
    expect(kept.status.attempts).toBeUndefined();
    expect(
      ["Succeeded", "Ready", "Dispatched", "Reconciling"].map((type) => conditionIn(kept, type)),
    ).toEqual(["Unknown Suspended", "Unknown Suspended", "False Suspended", "absent"]);
    await suspend("kept", false);
    const done = await stage.finished(name("kept"));
    expect(done.status).toMatchObject({ phase: "Done", attempts: [{ index: 1 }] });
    expect(await slurm().marks(name("kept"))).toHaveLength(1);
  });

  test("a job in the queue is held and released, and runs once", { timeout: 2 * lifetime }, async () => {
    await send("waits", { resources: { sbatch: ["--begin=now+1hour"] } });
    const pending = await stage.until(name("waits"), ({ status }) => status.state === "PENDING");
    const jobId = pending.status.jobId ?? "";
    await suspend("waits", true);
    const held = await stage.until(
      name("waits"),
      (seen) =>
        conditionIn(seen, "Succeeded") === "Unknown Suspended" && seen.status.reason?.word === "JobHeldUser",
    );
    expect(held.status).toMatchObject({ phase: "Submitted", attempts: [{ held: true }] });
    expect(messageIn(held)).toBe(
      `Job ${jobId} waits in the queue, held by spec.suspend; set it to false to release it.`,
    );
    expect(await queued(jobId)).toBe("PENDING JobHeldUser");
    // Somebody releases it at the cluster: as long as suspend is true it goes back.
    await slurm().run("root", `scontrol release ${jobId}`);
    await eventually(async () => (await queued(jobId)) === "PENDING JobHeldUser", { within: lifetime });
    await slurm().run("root", `scontrol update jobid=${jobId} StartTime=now`);
    await suspend("waits", false);
    const done = await stage.finished(name("waits"));
    expect(done.status).toMatchObject({ phase: "Done", jobId });
    expect(done.status.attempts).toHaveLength(1);
    expect(done.status.attempts?.[0]?.held).toBeUndefined();
    expect(done.status.resumedAt).toBeDefined();
    expect(await slurm().marks(name("waits"))).toEqual([jobId]);
  });

  test(
    "a job that does not start in time is given up, and one that does runs on",
    { timeout: 2 * lifetime },
    async () => {
      await send("stuck", { queueTimeoutSeconds: 5, resources: { sbatch: ["--begin=now+1hour"] } });
      await stage.apply(
        submit(name("long"), ofScript("long"), {
          cluster: stage.clusters[cluster],
          spec: { ...markedBy(name("long")), queueTimeoutSeconds: 8 },
        }),
      );
      const stuck = await stage.finished(name("stuck"));
      expect(stuck.status).toMatchObject({
        phase: "Aborted",
        state: "CANCELLED",
        attempts: [{ ended: "DidNotRun" }],
      });
      expect(conditionIn(stuck, "Succeeded")).toBe("False QueueTimeout");
      expect(messageIn(stuck)).toContain("spec.queueTimeoutSeconds allows (5 s)");
      // A busy Slurm may not have got to say why within these seconds.
      expect(messageIn(stuck)).toMatch(/Slurm's reason was: |nothing of it ran\.$/u);
      expect(
        await slurm().run("root", `squeue -h -t PD,R -j ${stuck.status.jobId} 2>/dev/null || true`),
      ).toBe("");
      const long = await stage.finished(name("long"));
      expect(long.status).toMatchObject({ phase: "Done", attempts: [{ index: 1 }] });
      expect(await slurm().marks(name("long"))).toHaveLength(1);
      expect(await slurm().marks(name("stuck"))).toEqual([]);
    },
  );

  test("what its user held himself stays held", { timeout: lifetime }, async () => {
    await send("his", { suspend: false, resources: { sbatch: ["--hold"] } });
    const { status } = await stage.until(name("his"), (seen) => seen.status.reason?.word === "JobHeldUser");
    const jobId = status.jobId ?? "";
    await suspend("his", true);
    const held = await stage.until(
      name("his"),
      (seen) => conditionIn(seen, "Succeeded") === "Unknown Suspended",
    );
    expect(messageIn(held)).toContain("not by spec.suspend");
    await suspend("his", false);
    const free = await stage.until(
      name("his"),
      (seen) => conditionIn(seen, "Succeeded") === "Unknown JobPending",
    );
    expect(free.status.attempts?.[0]?.held).toBeUndefined();
    expect(await queued(jobId)).toBe("PENDING JobHeldUser");
    await stage.kubectl("delete", "jobsubmission", name("his"), "--timeout=60s");
  });
});
