import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { z } from "zod";
import { ApiProxy, type Moment, type SeenRequest } from "../chaos/api-proxy.ts";
import type { ClusterName } from "../lab/lab.ts";
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
  // Each of its starts leaves a line, so it knows how often it has run.
  const lines = `$(grep -c . < "$HOME/marks-${stage.namespace}/$MARK")`;
  await stage.apply(
    markedScript(stage, "third-time", `[ "${lines}" -ge 3 ] || exit 5\necho through`),
    markedScript(
      stage,
      "third-time-gated",
      `[ "${lines}" -ge 3 ] || exit 5\nwhile [ ! -e "$HOME/marks-${stage.namespace}/$MARK.gate" ]; do sleep 0.2; done`,
    ),
    markedScript(stage, "fine", "exit 0"),
    markedScript(stage, "never", "echo gave up >&2\nexit 4"),
    markedScript(
      stage,
      "odd-tasks",
      `echo $SLURM_ARRAY_TASK_ID >> "$HOME/marks-${stage.namespace}/$MARK.tasks"
       case $SLURM_ARRAY_TASK_ID in 3|7) [ "$(grep -cx $SLURM_ARRAY_TASK_ID < "$HOME/marks-${stage.namespace}/$MARK.tasks")" -ge 2 ] || exit 6 ;; esac
       OUT_task=$SLURM_ARRAY_TASK_ID`,
    ),
  );
});

afterAll(async () => {
  await using _operator = await startOperator(lab);
  await stage[Symbol.asyncDispose]();
  await operator[Symbol.asyncDispose]();
});

const send = async (
  name: string,
  cluster: ClusterName,
  { script, ...spec }: { script: string; retry: object; resources?: object },
): Promise<void> =>
  stage.apply(
    submit(name, ofScript(script), {
      cluster: stage.clusters[cluster],
      spec: { ...markedBy(name), ...spec },
    }),
  );
const patch = async (name: string, spec: object): Promise<string> =>
  stage.kubectl("patch", "jsub", name, "--type=merge", "-p", JSON.stringify({ spec }));
const marks = async (name: string, cluster: ClusterName) => clusterSide(stage, cluster).marks(name);

describe.concurrent.each(["c1", "c2"] as const)("on %s", (cluster) => {
  test(
    "a job that fails twice and then succeeds is a success, of three attempts",
    { timeout: lifetime },
    async () => {
      const name = `third-${cluster}`;
      await send(name, cluster, { script: "third-time", retry: { limit: 5, backoffSeconds: 1 } });
      const { status } = await stage.finished(name);
      const ids = await marks(name, cluster);
      expect(ids).toHaveLength(3);
      expect(status).toMatchObject({
        phase: "Done",
        state: "COMPLETED",
        exitCode: 0,
        jobId: ids[2],
        retry: { count: 2 },
      });
      expect(status.attempts).toMatchObject([
        { index: 1, jobId: ids[0], ended: "Over", end: { state: "FAILED", exitCode: 5 } },
        { index: 2, jobId: ids[1], ended: "Over", end: { state: "FAILED", exitCode: 5 } },
        { index: 3, jobId: ids[2], ended: "Over", end: { state: "COMPLETED", exitCode: 0 } },
      ]);
      expect(new Set(status.attempts?.map(({ token }) => token)).size).toBe(3);
    },
  );

  test(
    "of an array only tasks 3 and 7, which failed, are run again, and the whole completes",
    { timeout: lifetime },
    async () => {
      const name = `odd-${cluster}`;
      await send(name, cluster, {
        script: "odd-tasks",
        retry: { limit: 2, backoffSeconds: 0, scope: "FailedTasks" },
        resources: { array: "0-9%5" },
      });
      const { status } = await stage.finished(name);
      expect((await marks(`${name}.tasks`, cluster)).map(Number).toSorted((a, b) => a - b)).toEqual([
        0, 1, 2, 3, 3, 4, 5, 6, 7, 7, 8, 9,
      ]);
      expect(status).toMatchObject({
        phase: "Done",
        state: "COMPLETED",
        retry: { count: 1, ends: [{ state: "FAILED", indexes: "3,7" }] },
        attempts: [
          { end: { state: "FAILED", exitCode: 6 } },
          { tasks: "3,7%5", end: { state: "COMPLETED" } },
        ],
      });
      expect(status.array?.states).toEqual([{ state: "COMPLETED", count: 10, indexes: "0-9" }]);
      expect(status.outputs?.map(({ task, value }) => [task, value]).toSorted()).toEqual(
        Array.from({ length: 10 }, (_, index) => [index, String(index)]),
      );
    },
  );

  test(
    "one that never succeeds ends when the limit is reached, with what its last run said",
    { timeout: lifetime },
    async () => {
      const name = `never-${cluster}`;
      await send(name, cluster, { script: "never", retry: { limit: 1, backoffSeconds: 0 } });
      const done = await stage.finished(name);
      expect(await marks(name, cluster)).toHaveLength(2);
      expect(done.status).toMatchObject({
        phase: "Aborted",
        state: "FAILED",
        exitCode: 4,
        log: { tail: "gave up\n" },
      });
      expect(conditionIn(done, "Succeeded")).toBe("False JobFailed");
      expect(messageIn(done)).toContain("It was run again once, as often as spec.retry.limit (1) allows.");
    },
  );

  test(
    "one that waits for its next run is cancelled, suspended, let go and deleted at once",
    { timeout: lifetime },
    async () => {
      const [cancelled, lowered, deleted] = [
        `cancelled-${cluster}`,
        `lowered-${cluster}`,
        `deleted-${cluster}`,
      ];
      const all = [cancelled, lowered, deleted];
      for (const name of all)
        await send(name, cluster, { script: "never", retry: { limit: 3, backoffSeconds: 3600 } });
      for (const name of all) {
        const waits = await stage.until(
          name,
          (seen) => conditionIn(seen, "Succeeded") === "Unknown Retrying",
        );
        expect(waits.status).toMatchObject({
          phase: "Created",
          finished: "false",
          exitCode: 4,
          retry: { count: 1 },
        });
        await patch(name, { suspend: true });
        const held = await stage.until(
          name,
          (seen) => conditionIn(seen, "Succeeded") === "Unknown Suspended",
        );
        expect(messageIn(held)).toMatch(
          /^Attempt 1 \(job \d+\) ended FAILED with exit code 4\. Not sent, as spec\.suspend/u,
        );
        await patch(name, { suspend: false });
      }
      await patch(cancelled, { cancel: true });
      await patch(lowered, { retry: { limit: 0 } });
      await stage.kubectl("delete", "jsub", deleted, "--timeout=30s");
      const ends = [await stage.finished(cancelled), await stage.finished(lowered)];
      expect(ends.map(({ status }) => [status.phase, status.state])).toEqual([
        ["Aborted", "CANCELLED"],
        ["Aborted", "FAILED"],
      ]);
      for (const name of all) expect(await marks(name, cluster)).toHaveLength(1);
    },
  );
});

describe.concurrent.each([
  ["c1", "c2"],
  ["c2", "c1"],
] as const)("submissions on %s that depend on a retried one on", (there, here) => {
  test(
    `${here} wait until its last run is over, and those that want it started do not`,
    { timeout: lifetime },
    async () => {
      const first = `first-${here}`;
      const after = (when: string) => `${when.toLowerCase()}-${there}`;
      const conditions = ["Succeeded", "Finished", "Failed", "Started"];
      for (const when of conditions)
        await stage.apply(
          submit(after(when), ofScript("fine"), {
            cluster: stage.clusters[there],
            spec: { ...markedBy(after(when)), dependsOn: [{ name: first, when }] },
          }),
        );
      await send(first, here, { script: "third-time-gated", retry: { limit: 2, backoffSeconds: 1 } });
      const started = await stage.finished(after("Started"));
      expect(started.status.phase).toBe("Done");
      await stage.until(first, ({ status }) => status.state === "RUNNING" && status.attempts?.length === 3);
      for (const when of ["Succeeded", "Finished", "Failed"]) {
        const waits = await stage.submission(after(when));
        expect(conditionIn(waits, "Reconciling")).toBe("True DependencyOpen");
        expect(waits.status.attempts).toBeUndefined();
      }
      await clusterSide(stage, here).run("alice", `touch ~/marks-${stage.namespace}/${first}.gate`);
      const ends = await Promise.all(conditions.slice(0, 3).map(async (when) => stage.finished(after(when))));
      expect(ends.map(({ status }) => status.phase)).toEqual(["Done", "Done", "Rejected"]);
      expect(messageIn(ends[2]!)).toContain(
        `spec.dependsOn: "${first}" ended Done (COMPLETED), so it can no longer have failed`,
      );
      expect((await stage.submission(first)).status).toMatchObject({ phase: "Done", retry: { count: 2 } });
    },
  );
});

test("of retry only the limit can be changed, and none can be added later", async () => {
  await send("fixed", "c1", { script: "never", retry: { limit: 0 } });
  await expect(patch("fixed", { retry: { backoffSeconds: 7 } })).rejects.toThrow(
    "of retry only limit can change once the submission exists; create another submission",
  );
  await stage.kubectl("delete", "jsub", "fixed", "--timeout=60s");
});

const statusPatch = z.object({
  status: z.object({
    retry: z.unknown().optional(),
    attempts: z
      .array(z.object({ index: z.number(), jobId: z.string().optional(), ended: z.string().optional() }))
      .optional(),
  }),
});

/** The write of a status that `is` describes, of one submission. */
const writes =
  (name: string, is: (status: z.infer<typeof statusPatch>["status"]) => boolean) =>
  ({ method, path, body }: SeenRequest): boolean =>
    method === "PATCH" &&
    path.includes(`/${name}/status`) &&
    is(statusPatch.parse(JSON.parse(body.toString())).status);

const storesRetry: Parameters<typeof writes>[1] = ({ retry }) => retry !== undefined;
const opensSecond: Parameters<typeof writes>[1] = ({ attempts }) => {
  const last = attempts?.at(-1);
  return last?.index === 2 && last.jobId === undefined && last.ended === undefined;
};

const isFull = process.env["BATCHWRIGHT_FULL"] === "1";
/** The end of a run and the retry are stored; then the attempt is opened. Each of both is lost, or done and not heard of. */
const ambushes: readonly (readonly [ClusterName, Parameters<typeof writes>[1], Moment])[] = [
  ["c1", storesRetry, "after"],
  ["c2", opensSecond, "after"],
  ...(isFull
    ? ([
        ["c1", opensSecond, "before"],
        ["c2", storesRetry, "before"],
      ] as const)
    : []),
];

test(
  "an operator that is killed as it stores a retry, or opens the attempt, runs the job twice and not once more",
  { timeout: ambushes.length * lifetime },
  async () => {
    await operator.kill("SIGTERM");
    const directory = await mkdtemp(join(lab.state, "retry-"));
    await using api = await ApiProxy.to(lab.kube, directory);
    for (const [index, [cluster, is, at]] of ambushes.entries()) {
      await using victim = await startOperator(lab, [], { api });
      const name = `killed-${index}`;
      using set = api.lieInWait({
        matches: writes(name, is),
        at,
        run: async () => victim.kill("SIGKILL"),
        next: "cut",
      });
      await send(name, cluster, { script: "never", retry: { limit: 1, backoffSeconds: 1 } });
      await set.sprung;
    }
    await using _last = await startOperator(lab);
    for (const [index, [cluster]] of ambushes.entries()) {
      const name = `killed-${index}`;
      const { status } = await stage.finished(name);
      expect(status).toMatchObject({ phase: "Aborted", exitCode: 4, retry: { count: 1 } });
      expect(await marks(name, cluster)).toHaveLength(2);
      expect(status.attempts?.filter(({ ended }) => ended === "Over")).toHaveLength(2);
    }
    await rm(directory, { recursive: true });
  },
);
