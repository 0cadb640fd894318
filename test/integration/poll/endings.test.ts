import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { JobRow } from "../../../src/core/slurm/job-row.ts";
import { isFinal, phaseOf } from "../../../src/core/slurm/job-state-phase.ts";
import { reasonInPlainWords } from "../../../src/core/slurm/reason.ts";
import { eventually } from "../../lab/eventually.ts";
import { WatchedCluster, type SubmittedJob, type Submission } from "./watched-cluster.ts";

const lab = inject("lab");

const jobs = {
  completed: { script: "exit 0" },
  "exit 7": { script: "exit 7" },
  "killed by a signal": { script: "kill -SEGV $$" },
  "out of memory": {
    script: "head -c 300000000 /dev/zero | tail -c 300000000 >/dev/null",
    options: "--mem=50M",
  },
  requeued: { script: '[ "$SLURM_RESTART_COUNT" = 1 ] && exit 5\nsleep 600', options: "--requeue" },
  "holder of all licences": { script: "sleep 600", options: "-L ansys:2" },
  "too late": { script: "true", options: "-L ansys:2 -t 1 --deadline=now+62seconds" },
  "time limit": { script: "sleep 600", options: "-t 10" },
  cancelled: { script: "sleep 600" },
  running: { script: "sleep 600", options: "-t 2:00:00" },
  suspended: { script: "sleep 600" },
  held: { script: "true", options: "--hold" },
  "cancelled in the queue": { script: "true", options: "--hold" },
  "too much for its partition": { script: "true", options: "-p short -t 60" },
  "not writable": { script: "true", options: "--output=/nosuch/out" },
} as const satisfies Record<string, Submission>;
type Case = keyof typeof jobs;

// The clusters side by side, each one test after the other: most of the time goes by waiting for Slurm.
describe.concurrent.each(["c1", "c2"] as const)("%s", (name) => {
  describe("jobs, as squeue shows them", { concurrent: false }, () => {
    let cluster: WatchedCluster;
    const submitted = new Map<Case, SubmittedJob>();
    const job = (which: Case): SubmittedJob => {
      const found = submitted.get(which);
      if (found === undefined) throw new Error(`${which} was not submitted`);
      return found;
    };

    beforeAll(async () => {
      cluster = new WatchedCluster(lab, name);
      for (const [which, submission] of Object.entries(jobs) as [Case, Submission][]) {
        submitted.set(which, await cluster.submit(submission));
      }
      // A requeued job waits ten seconds, and a time limit is checked each 30 s: both begin here and are looked at last.
      await cluster.rowIn(job("requeued"), "RUNNING");
      await cluster.run("root", `scontrol requeue ${job("requeued").jobId}`);
      await cluster.rowIn(job("time limit"), "RUNNING");
      // Slurm takes no end in the second of the start.
      const end = `scontrol update jobid=${job("time limit").jobId} EndTime=now`;
      await eventually(async () => cluster.run("root", end).then(() => true), { within: 30_000, every: 500 });
    });
    afterAll(async () => cluster[Symbol.asyncDispose]());

    const ended = (row: JobRow) => {
      expect(isFinal(row)).toBe(true);
      const { state, reason, exit, nodes, startedAt, endedAt } = row;
      const took = startedAt !== undefined && endedAt !== undefined && endedAt >= startedAt;
      return {
        state,
        reason,
        exit,
        ranOn: nodes.replace(/[1-4]$/u, ""),
        hasTimes: took,
        phase: phaseOf(row),
      };
    };
    const ran = { ranOn: `${name}-n`, hasTimes: true };

    test("requeued: pending again, with its restart counted", async () => {
      const [row] = await cluster.rowsOnce(
        job("requeued"),
        ([first]) => first?.restarts === 1 && first.state === "PENDING",
      );
      expect(row).toMatchObject({ nodes: "", startedAt: undefined, endedAt: undefined, exit: undefined });
    });

    test("success", async () => {
      const row = await cluster.rowIn(job("completed"), "COMPLETED");
      expect(ended(row)).toEqual({
        ...ran,
        state: "COMPLETED",
        reason: "",
        exit: { code: 0, signal: 0 },
        phase: "Done",
      });
      expect(row).toMatchObject({
        ...job("completed"),
        user: "alice",
        taskIndexes: undefined,
        partition: "main",
        timeLimitSeconds: 3_600,
        restarts: 0,
        reservation: "",
      });
      const age = Date.now() - (row.submittedAt ?? 0);
      expect(age).toBeGreaterThan(-2_000);
      expect(age).toBeLessThan(120_000);
    });

    test("an exit code", async () => {
      expect(ended(await cluster.rowIn(job("exit 7"), "FAILED"))).toEqual({
        ...ran,
        state: "FAILED",
        reason: "NonZeroExitCode",
        exit: { code: 7, signal: 0 },
        phase: "Aborted",
      });
    });

    test("a signal", async () => {
      const { reason, ...rest } = ended(await cluster.rowIn(job("killed by a signal"), "FAILED"));
      expect(rest).toEqual({ ...ran, state: "FAILED", exit: { code: 0, signal: 11 }, phase: "Aborted" });
      expect(reasonInPlainWords(reason)).toMatch(/ended by a signal/u);
    });

    test.runIf(lab.clusters[name].enforcesMemory)("out of memory", async () => {
      expect(ended(await cluster.rowIn(job("out of memory"), "OUT_OF_MEMORY"))).toMatchObject({
        ...ran,
        reason: "OutOfMemory",
        exit: { code: 0, signal: 125 },
        phase: "Aborted",
      });
    });

    test("an output file that cannot be written", async () => {
      const { reason, ...rest } = ended(await cluster.rowIn(job("not writable"), "FAILED"));
      expect(rest).toEqual({ ...ran, state: "FAILED", exit: { code: 0, signal: 53 }, phase: "Aborted" });
      expect(reasonInPlainWords(reason)).toMatch(/^could not be started/u);
    });

    test("running: no end, no exit, the limit in seconds", async () => {
      const row = await cluster.rowIn(job("running"), "RUNNING");
      expect(row).toMatchObject({
        state: "RUNNING",
        endedAt: undefined,
        exit: undefined,
        timeLimitSeconds: 7_200,
      });
      expect(row.nodes).toMatch(new RegExp(`^${name}-n[1-4]$`, "u"));
      expect(row.startedAt).toBeGreaterThanOrEqual(row.submittedAt ?? Number.POSITIVE_INFINITY);
    });

    test("suspended, and running again", async () => {
      await cluster.rowIn(job("suspended"), "RUNNING");
      await cluster.run("root", `scontrol suspend ${job("suspended").jobId}`);
      expect(await cluster.rowIn(job("suspended"), "SUSPENDED")).toMatchObject({ endedAt: undefined });
      await cluster.run("root", `scontrol resume ${job("suspended").jobId}`);
      await cluster.rowIn(job("suspended"), "RUNNING");
    });

    test("held: waiting for its owner, with no start", async () => {
      expect(await cluster.rowIn(job("held"), "PENDING")).toMatchObject({
        reason: "JobHeldUser",
        priority: 0,
        nodes: "",
        startedAt: undefined,
        endedAt: undefined,
        exit: undefined,
      });
    });

    test("more time than its partition allows waits for ever and says why", async () => {
      expect(await cluster.rowIn(job("too much for its partition"), "PENDING")).toMatchObject({
        reason: "PartitionTimeLimit",
      });
    });

    test("cancelled while it ran", async () => {
      await cluster.rowIn(job("cancelled"), "RUNNING");
      await cluster.run("alice", `scancel ${job("cancelled").jobId}`);
      expect(ended(await cluster.rowIn(job("cancelled"), "CANCELLED"))).toMatchObject({
        ...ran,
        phase: "Aborted",
      });
    });

    test("cancelled in the queue: it never started", async () => {
      await cluster.rowIn(job("cancelled in the queue"), "PENDING");
      await cluster.run("alice", `scancel ${job("cancelled in the queue").jobId}`);
      const row = await cluster.rowIn(job("cancelled in the queue"), "CANCELLED");
      expect(row).toMatchObject({ nodes: "", startedAt: undefined });
      expect(row.endedAt).toBeDefined();
    });

    test("a dependency on a failed job is never satisfied", async () => {
      const dependent = await cluster.submit({ options: `--dependency=afterok:${job("exit 7").jobId}` });
      const [row] = await cluster.rowsOnce(
        dependent,
        ([first]) => first?.reason === "DependencyNeverSatisfied",
      );
      expect(row).toMatchObject({ state: "PENDING", startedAt: undefined });
    });

    test("a deadline that cannot be met any more", async () => {
      expect(ended(await cluster.rowIn(job("too late"), "DEADLINE"))).toMatchObject({
        reason: "DeadLine",
        ranOn: "",
        hasTimes: false,
        phase: "Aborted",
      });
    });

    test("names with every kind of separator spoil nothing", async () => {
      const nasty = String.raw`$'a|b\nc\x1fd\x1ee\n8\x1fN/A'`;
      const named = await cluster.submit({ script: "exit 3", options: `-J ${nasty} --comment=${nasty}` });
      const row = await cluster.rowIn(named, "FAILED");
      expect(row).toMatchObject({ ...named, user: "alice", exit: { code: 3, signal: 0 } });
      expect(cluster.poller.health.lastGood?.unreadable).toEqual({ tokens: 0, samples: [] });
    });

    test("what others run is counted, not kept", async () => {
      await cluster.run("bob", "cd && sbatch --hold --wrap true");
      const { rows } = await cluster.look();
      const users = new Set([...rows.values()].flat().map(({ user }) => user));
      expect(users).toEqual(new Set(["alice"]));
      const counted = cluster.poller.health.lastGood?.rows;
      expect(counted?.total).toBeGreaterThan(counted?.ours ?? 0);
      await cluster.run("bob", "scancel -u bob");
    });

    test("requeued: a second run", async () => {
      const row = await cluster.rowIn(job("requeued"), "FAILED");
      expect(row).toMatchObject({ restarts: 1, exit: { code: 5, signal: 0 } });
    });

    test("a node that fails", async () => {
      const lost = await cluster.submit({ script: "sleep 600", options: `--no-requeue -w ${name}-n4` });
      await cluster.rowIn(lost, "RUNNING");
      await cluster.run("root", `scontrol update nodename=${name}-n4 state=down reason=test`);
      try {
        expect(ended(await cluster.rowIn(lost, "NODE_FAIL"))).toMatchObject({
          ranOn: `${name}-n`,
          phase: "Aborted",
        });
      } finally {
        // A node that registers again by itself meanwhile refuses to be resumed.
        await eventually(
          async () => {
            const resume = `scontrol update nodename=${name}-n4 state=resume 2>/dev/null`;
            const state = await cluster.run("root", `${resume}; sinfo -h -N -n ${name}-n4 -p main -o %T`);
            return /^(?:idle|mixed)$/u.test(state);
          },
          { within: 20_000 },
        );
      }
    });

    test("the time limit", async () => {
      expect(ended(await cluster.rowIn(job("time limit"), "TIMEOUT"))).toMatchObject({
        ...ran,
        reason: "TimeLimit",
        phase: "Aborted",
      });
    });

    test("one question served each look, and every answer was good", () => {
      expect(cluster.asked.filter(({ isGood }) => !isGood)).toEqual([]);
      expect(cluster.poller.latest?.tick).toBe(
        cluster.asked.filter(({ command }) => command === "squeue").length,
      );
    });
  });
});
