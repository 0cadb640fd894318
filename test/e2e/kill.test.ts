import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { z } from "zod";
import { jobSubmission, type JobSubmission } from "../../src/api/v1alpha1/job-submission.ts";
import { eventually } from "../lab/eventually.ts";
import type { ClusterName } from "../lab/lab.ts";
import { installOperator, startOperator } from "../lab/operator.ts";
import { endOf, expectedAccounts, expectedEnd, expectedTasks, reportedTasks } from "./kill/expectation.ts";
import { drawRounds, type Round, type Run } from "./kill/schedule.ts";
import { Witness, witnessScript } from "./kill/witness.ts";
import { ofScript, openStage, script, type Stage, submit } from "./stage.ts";

const lab = inject("lab");
const isFull = process.env["BATCHWRIGHT_FULL"] === "1";
const kills = isFull ? 50 : 15;
const submissions = isFull ? 200 : 80;
const seed = Number(process.env["BATCHWRIGHT_SEED"] ?? randomInt(2 ** 31));
const clusterNames = ["c1", "c2"] as const;
/** Accounting trails the end of a job. */
const accountsWithin = 60_000;
const endsWithin = 600_000;

let stage: Stage;

beforeAll(async () => {
  await installOperator(lab);
  await using _operator = await startOperator(lab);
  stage = await openStage(lab);
});

afterAll(async () => {
  await using _operator = await startOperator(lab);
  await stage[Symbol.asyncDispose]();
});

test(
  `an operator that is killed ${kills} times runs each of ${submissions} submissions exactly once and tells each end truly`,
  { timeout: 1_800_000 },
  async () => {
    console.log(`seed ${seed}: BATCHWRIGHT_SEED=${seed} draws the same schedule again`);
    const folder = `${stage.namespace}-marks`;
    const witnesses = {
      c1: await Witness.open(lab, "c1", folder),
      c2: await Witness.open(lab, "c2", folder),
    };
    await stage.apply(script("witness", witnessScript));
    const rounds = drawRounds({ seed, kills, submissions, prefix: stage.namespace });
    const started = performance.now();
    const complaints: string[] = [];
    for (const round of rounds) complaints.push(...(await liveAndDie(round, folder)));
    const killed = performance.now();
    await using operator = await startOperator(lab);
    const objects = await allFinished();
    const ended = performance.now();
    complaints.push(...complaintsIn(await operator.logs()));

    const runs = rounds.flatMap(({ creates }) => creates);
    for (const cluster of clusterNames) {
      const here = runs.filter((run) => run.cluster === cluster);
      const witness = witnesses[cluster];
      const marks = await witness.marks();
      expect(await witness.live(), `left over on ${cluster}`).toEqual([]);
      expect(reportedTasks(marks), `what ran on ${cluster}`).toEqual(expectedTasks(here));
      // Each id that Slurm gave out ran one of our tasks: no job was sent that no submission knows of, and none was sent twice.
      expect(marks.map(({ slurmId }) => slurmId).toSorted((a, b) => a - b)).toEqual(
        await witness.issuedIds(),
      );
      const seen = new Map(objects.map((object) => [object.metadata.name, object]));
      expect(here.map(({ name }) => endOf(seen.get(name)!))).toEqual(
        here.map((run) =>
          expectedEnd(
            run,
            marks.filter((mark) => mark.run === run.name),
          ),
        ),
      );
      const accounts = expectedAccounts(here, marks);
      expect(await accountsOnce(witness, { cluster, tasks: accounts.size })).toEqual(
        lab.clusters[cluster].accounting ? accounts : new Map(),
      );
    }
    expect(complaints).toEqual([]);
    console.log(summary({ objects, killedMs: killed - started, endedMs: ended - started }));
  },
);

/** One process from start to SIGKILL, with submissions created meanwhile. @returns what it complained of */
async function liveAndDie({ creates, createAfterMs, killAfterMs }: Round, folder: string): Promise<string[]> {
  const creating = sleep(createAfterMs).then(async () => create(creates, folder));
  await using operator = await startOperator(lab);
  await sleep(killAfterMs);
  await operator.kill("SIGKILL");
  await creating;
  return complaintsIn(await operator.logs());
}

async function create(runs: readonly Run[], folder: string): Promise<void> {
  if (runs.length === 0) return;
  const objects = runs.map(({ name, cluster, tasks, fails, isRetried, seconds }) =>
    submit(name, ofScript("witness"), {
      cluster: stage.clusters[cluster],
      spec: {
        resources: { cpusPerTask: 1, ...(tasks === undefined ? {} : { array: `0-${tasks.length - 1}` }) },
        ...(isRetried ? { retry: { limit: 1, backoffSeconds: 1, scope: "FailedTasks" } } : {}),
        variables: [
          { name: "RUN", value: name },
          { name: "MARKS", value: folder },
          { name: "SECONDS_LONG", value: String(seconds) },
          { name: "FAILS", value: String(fails ?? "none") },
        ],
      },
    }),
  );
  await stage.apply(...objects);
}

/** What accounting says once it knows the end of as many tasks; nothing where the cluster keeps none. */
async function accountsOnce(
  witness: Witness,
  { cluster, tasks }: { cluster: ClusterName; tasks: number },
): Promise<ReadonlyMap<number, string>> {
  if (!lab.clusters[cluster].accounting) return new Map();
  return eventually(
    async () => {
      const accounts = await witness.accounts();
      const ended = [...accounts.values()].filter((text) => !/^(?:PENDING|RUNNING)/u.test(text)).length;
      return ended >= tasks ? accounts : undefined;
    },
    { within: accountsWithin, every: 1000 },
  );
}

const submissionList = z.object({ items: z.array(jobSubmission) });

async function allFinished(): Promise<readonly JobSubmission[]> {
  return eventually(
    async () => {
      const { items } = submissionList.parse(JSON.parse(await stage.kubectl("get", "jsub", "-o", "json")));
      const open = items.filter(({ status }) => status.finished !== "true");
      if (open.length > 0)
        throw new Error(`${open.length} are not finished, the first: ${JSON.stringify(open[0])}`);
      return items;
    },
    { within: endsWithin, every: 1000 },
  );
}

/** Lines of the log at level error: a kill of one process is nothing that the next one may stumble over. */
const complaintsIn = (log: string): string[] =>
  log.split("\n").filter((line) => /"level":(?:"error"|50|60)/u.test(line) || line.startsWith("Error"));

function summary(run: { objects: readonly JobSubmission[]; killedMs: number; endedMs: number }): string {
  const attempts = (is: (ended: string | undefined) => boolean) =>
    run.objects.flatMap(({ status }) => status.attempts ?? []).filter(({ ended }) => is(ended)).length;
  const again = attempts((ended) => ended === "DidNotRun");
  const retried = run.objects.filter(({ status }) => status.retry !== undefined).length;
  const seconds = (ms: number) => Math.round(ms / 1000);
  return `${kills} kills in ${seconds(run.killedMs)} s; all ${run.objects.length} finished after ${seconds(run.endedMs)} s; ${again} attempts came to nothing; ${retried} were run again`;
}
