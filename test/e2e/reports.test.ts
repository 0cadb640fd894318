import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { installOperator, type RunningOperator, startOperator } from "../lab/operator.ts";
import { clusterSide } from "./cluster-side.ts";
import { conditionIn, lifetime, ofScript, openStage, script, type Stage, submit } from "./stage.ts";

const lab = inject("lab");
let operator: RunningOperator;
let stage: Stage;

const token = `ghp_${"aB3dE5gH7jK9mN1pQ2sT4vW6yZ8".repeat(2).slice(0, 36)}`;
const text = `#!/bin/bash
echo "task $SLURM_ARRAY_TASK_ID"
echo "-----BEGIN OPENSSH PRIVATE KEY-----"; head -c 300 /dev/zero | base64; echo "-----END OPENSSH PRIVATE KEY-----"
echo "with $DB_PASSWORD and $ACCESS_TOKEN, cloned by ${token}"
until [ -e "$HOME/$GATE" ]; do sleep 0.2; done
echo "https://ada:hunter2@example.org"
`;

beforeAll(async () => {
  await installOperator(lab);
  operator = await startOperator(lab);
  stage = await openStage(lab, { queuedLongSeconds: 2 });
  const variables = [{ name: "ACCESS_TOKEN", value: "a script's own" }];
  await stage.apply(
    script("talks", text, { environment: { variables } }),
    script("works", works),
    script("fine", "#!/bin/sh\ntrue\n"),
  );
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await operator[Symbol.asyncDispose]();
});

const shown = (task: string) => `task ${task}
-----BEGIN OPENSSH PRIVATE KEY-----***-----END OPENSSH PRIVATE KEY-----
with *** and ***, cloned by ***
`;

const works = `#!/bin/bash
run=\${SLURM_RESTART_COUNT:-0}
timeout 2 sh -c 'while :; do :; done'
touch "$HOME/$GATE.burnt$run"
until [ -e "$HOME/$GATE.open$run" ]; do sleep 0.2; done
`;

const lateWords =
  /^The job has waited for more than 2 s \(spec\.queuedLongSeconds of SlurmCluster "[^"]+"\)(?:: .+)?\. (?:(?:No|\d+) jobs? of its partition goe?s? before it by priority\. )(?:Partitions with room now: \w+ \(\d+ CPUs free on \d nodes\)|No partition that it may use)/u;

/** What is told of a job beside its state. */
describe.concurrent.each(["c1", "c2"] as const)("on %s", (cluster) => {
  const cancel = async (name: string) => {
    await stage.kubectl("patch", "jsub", name, "--type=merge", "-p", '{"spec":{"cancel":true}}');
    return stage.finished(name);
  };

  test(
    "a job that waits long is told of once, with where there is room, and one that is to begin later is not",
    { timeout: 2 * lifetime },
    async () => {
      const [big, behind, later] = [`big-${cluster}`, `behind-${cluster}`, `later-${cluster}`];
      const send = (name: string, resources: object) =>
        submit(name, ofScript("fine"), { cluster: stage.clusters[cluster], spec: { resources } });
      await stage.apply(
        send(big, { partition: "short", timeLimitSeconds: 3600 }),
        send(behind, { partition: "short", timeLimitSeconds: 3600, sbatch: ["--nice=1000"] }),
        send(later, { sbatch: ["--begin=now+1hour"] }),
      );
      const late = await stage.until(big, (seen) => conditionIn(seen, "QueuedLong") !== "absent");
      expect(conditionIn(late, "QueuedLong")).toBe("True QueuedLong");
      expect(conditionIn(late, "Succeeded")).toBe("Unknown JobPending");
      const message = late.status.conditions?.find(({ type }) => type === "QueuedLong")?.message;
      expect(message).toMatch(lateWords);
      // Whatever else other tests have in that line.
      expect(late.status.queue?.ahead).toBeTypeOf("number");
      await stage.until(behind, ({ status }) => (status.queue?.ahead ?? 0) >= 1);
      const waits = await stage.until(later, ({ status }) => status.queue?.estimatedStartAt !== undefined);
      const { jobId = "", queue } = waits.status;
      expect(queue?.ahead).toBeUndefined();
      const begin = await clusterSide(stage, cluster).run(
        "root",
        `squeue -h -j ${jobId} -O StartTime:0 | xargs -I T date -d T +%s`,
      );
      expect(Date.parse(queue?.estimatedStartAt ?? "") / 1000).toBe(Number(begin));
      const seconds =
        (Date.parse(queue?.estimatedStartAt ?? "") - Date.parse(waits.status.submittedAt ?? "")) / 1000;
      expect(seconds).toBeGreaterThan(3500);
      expect(conditionIn(await stage.submission(later), "QueuedLong")).toBe("absent");
      const over = await Promise.all([cancel(big), cancel(later), cancel(behind)]);
      expect(over.slice(0, 2).map((seen) => [conditionIn(seen, "QueuedLong"), seen.status.queue])).toEqual([
        ["absent", undefined],
        ["absent", undefined],
      ]);
      const events = (await stage.events(big)).filter(({ reason }) => reason === "QueuedLong");
      // Slurm may have come to another reason since.
      expect(events).toEqual([
        { type: "Warning", reason: "QueuedLong", note: expect.stringMatching(lateWords) },
      ]);
    },
  );

  test(
    "the log is read on request and at the end, of the task asked for, without its secrets",
    { timeout: 2 * lifetime },
    async () => {
      const name = `talks-${cluster}`;
      const ask = async (request: string) => {
        await stage.kubectl("annotate", "jsub", name, "--overwrite", `batchwright.dev/read-log=${request}`);
        return stage.until(name, ({ status }) => status.log?.request === request);
      };
      const gate = `gate-${stage.namespace}-${name}`;
      const variables = [
        { name: "DB_PASSWORD", value: "open sesame!" },
        { name: "GATE", value: gate },
      ];
      await stage.apply(
        submit(name, ofScript("talks"), {
          cluster: stage.clusters[cluster],
          spec: { variables, resources: { array: "0-1" } },
        }),
      );
      const live = await stage.until(name, ({ status }) => status.startedAt !== undefined);
      expect(live.status.log).toBeUndefined();
      const written = clusterSide(stage, cluster);
      const path = `${live.status.workingDirectory}/work/slurm-${live.status.jobId}_1.out`;
      await written.run("alice", `until grep -q cloned ${path}; do sleep 0.2; done`);
      const asked = await ask("task=1 first");
      const size = Number(await written.run("alice", `wc -c <${path}`));
      const answer = { path, task: 1, size, readAt: expect.any(String), tail: shown("1") };
      expect(asked.status.log).toEqual({ ...answer, request: "task=1 first" });
      expect((await ask("task=9")).status.log).toMatchObject({ message: "The array has no task 9." });
      await written.run("alice", `touch ~/${gate}`);
      await stage.kubectl("annotate", "jsub", name, "--overwrite", "batchwright.dev/read-log=the end");
      const { status } = await stage.finished(name);
      expect(status).toMatchObject({ phase: "Done" });
      expect(status.usage === undefined).toBe(cluster === "c2");
      expect(status.log?.tail).toBe(`${shown("0")}https://ada:***@example.org\n`);
      expect(JSON.stringify(status)).not.toMatch(/sesame|a script's own|ghp_|hunter2/u);
    },
  );

  // c2 keeps no accounting.
  test.runIf(cluster === "c1")(
    "what it took is told of each run, without the time that it was suspended",
    { timeout: 3 * lifetime },
    async () => {
      const name = `works-${cluster}`;
      const gate = `gate-${stage.namespace}-${name}`;
      const spec = {
        variables: [{ name: "GATE", value: gate }],
        resources: { gpus: { count: 1 }, cpusPerTask: 2, sbatch: ["--requeue"] },
      };
      await stage.apply(submit(name, ofScript("works"), { cluster: stage.clusters[cluster], spec }));
      const { jobId = "" } = (await stage.until(name, ({ status }) => status.state === "RUNNING")).status;
      const run = async (text: string) => clusterSide(stage, cluster).run("root", `cd /home/alice; ${text}`);
      const burnt = async (n: number) => run(`until [ -e ${gate}.burnt${n} ]; do sleep 0.2; done`);
      await burnt(0);
      const suspended = 5;
      await run(
        `scontrol suspend ${jobId}; sleep ${suspended}; scontrol resume ${jobId}; scontrol requeue ${jobId}`,
      );
      await burnt(1);
      await run(`touch ${gate}.open1`);
      const { status } = await stage.finished(name);
      expect(status).toMatchObject({ phase: "Done", restarts: 1, attempts: [{ index: 1 }] });
      const { usage, allocatedResources = [] } = status;
      expect(allocatedResources).toEqual(
        expect.arrayContaining([
          { name: "cpu", value: "2" },
          { name: "gres/gpu", value: "1" },
        ]),
      );
      const runs = usage?.runs ?? [];
      expect(runs.map(({ attempt, state }) => [attempt, state])).toEqual([
        [1, "REQUEUED"],
        [1, "COMPLETED"],
      ]);
      const [first] = runs;
      const wall = (Date.parse(first?.endedAt ?? "") - Date.parse(first?.startedAt ?? "")) / 1000;
      expect(first?.runSeconds).toBeLessThanOrEqual(wall - suspended + 1);
      const runSeconds = runs.reduce((sum, each) => sum + each.runSeconds, 0);
      expect(usage).toMatchObject({
        runSeconds,
        allocatedCpuSeconds: 2 * runSeconds,
        gpuSeconds: runSeconds,
      });
      expect(usage?.cpuSeconds).toBeGreaterThanOrEqual(1);
      expect(usage?.cpuEfficiencyPercent).toBeGreaterThan(0);
      expect(usage?.peakMemoryBytes).toBeGreaterThan(0);
    },
  );
});
