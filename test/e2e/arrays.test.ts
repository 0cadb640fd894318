import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { installOperator, type RunningOperator, startOperator } from "../lab/operator.ts";
import { conditionIn, lifetime, ofScript, openStage, script, type Stage, submit } from "./stage.ts";

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

/** The lab's MaxArraySize is 10001. */
const mostTasks = 10_000;
const isFull = process.env["BATCHWRIGHT_FULL"] === "1";
const tasksToRun = isFull ? mostTasks : 120;
const runTime = isFull ? 3_600_000 : lifetime;
const mostBytes = 32 * 1024;

const statusBytes = (status: object): number => Buffer.byteLength(JSON.stringify(status));

describe.concurrent.each(["c1", "c2"] as const)("on %s", (cluster) => {
  const name = (what: string) => `${what}-${cluster}`;

  test(
    "10,000 tasks that never started leave no trace in Slurm, and are told as cancelled",
    { timeout: lifetime },
    async () => {
      await stage.apply(
        script(name("held"), "#!/bin/sh\nexit 0\n"),
        submit(name("held"), ofScript(name("held")), {
          cluster: stage.clusters[cluster],
          spec: { resources: { array: `0-${mostTasks - 1}`, sbatch: ["--hold"] } },
        }),
      );
      const waits = await stage.until(name("held"), ({ status }) => status.array !== undefined);
      expect(waits.status.array?.states).toEqual([{ state: "PENDING", count: mostTasks, indexes: "0-9999" }]);
      await stage.kubectl("patch", "jsub", name("held"), "--type=merge", "-p", '{"spec":{"cancel":true}}');
      const { status } = await stage.finished(name("held"));
      expect(status.array).toEqual({
        tasks: mostTasks,
        states: [{ state: "CANCELLED", count: mostTasks, indexes: "0-9999" }],
        updatedAt: expect.any(String),
      });
      expect(statusBytes(status)).toBeLessThan(mostBytes);
    },
  );

  test(
    `${tasksToRun} tasks of which every second fails, each with its code`,
    { timeout: runTime },
    async () => {
      await stage.apply(
        script(name("odd"), "#!/bin/sh\n[ $((SLURM_ARRAY_TASK_ID % 2)) = 0 ] || exit 7\n"),
        submit(name("odd"), ofScript(name("odd")), {
          cluster: stage.clusters[cluster],
          spec: { resources: { array: `0-${tasksToRun - 1}`, memory: "20Mi" } },
        }),
      );
      const done = await stage.until(name("odd"), ({ status }) => status.finished === "true", runTime);
      const half = tasksToRun / 2;
      expect(done.status).toMatchObject({ phase: "Aborted", state: "FAILED", exitCode: 7 });
      expect(done.status.array?.states).toEqual([
        { state: "COMPLETED", count: half, indexes: `0-${tasksToRun - 2}:2` },
        { state: "FAILED", count: half, indexes: `1-${tasksToRun - 1}:2` },
      ]);
      const listed = Math.min(half, 100);
      expect(done.status.array?.failed).toEqual(
        Array.from({ length: listed }, (_, n) => ({
          index: 2 * n + 1,
          state: "FAILED",
          exitCode: 7,
          signal: 0,
        })),
      );
      expect(done.status.array?.failedNotListed).toBe(half > listed ? half - listed : undefined);
      expect(conditionIn(done, "Succeeded")).toBe("False JobFailed");
      expect(statusBytes(done.status)).toBeLessThan(mostBytes);
    },
  );
});
