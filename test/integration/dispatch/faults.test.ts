import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";

import { signalDaemon } from "../../lab/daemons.ts";
import { eventually } from "../../lab/eventually.ts";
import { TcpProxy } from "../../lab/tcp-proxy.ts";
import { Kit, type JobText } from "./kit.ts";
import { submitOnce } from "./submit-once.ts";

const { clusters } = inject("lab");

/** A script that leaves a line for each time it runs. */
const counting = (uid: string): JobText => ({ text: `#!/bin/sh\necho ran >>/home/alice/runs/${uid}\n` });

/** The protocol's promise, whatever happened on the way: each submission's script has run once, and no job of it waits. */
async function expectOneRunOfEach(kit: Kit, uids: readonly string[]): Promise<void> {
  await eventually(
    async () => {
      const live = await kit.sh(`squeue -h -u alice -o %o | grep -cE '${uids.join("|")}' || true`);
      return live === "0\n";
    },
    { within: 60_000, every: 500 },
  );
  const counts = await kit.sh(
    `cd ~/runs; for u in ${uids.join(" ")}; do echo $(cat $u 2>/dev/null | wc -l); done`,
  );
  expect(counts).toBe(uids.map(() => "1\n").join(""));
}

describe.each(["c1", "c2"] as const)("faults on %s", (name) => {
  const cluster = clusters[name];
  const slurmctld = cluster.daemons["slurmctld"]!;
  let kit: Kit;
  beforeAll(async () => {
    kit = await Kit.open(cluster);
    await kit.sh("mkdir -p runs");
  });
  afterEach(async () => signalDaemon(slurmctld, "SIGCONT"));
  afterAll(async () => kit[Symbol.asyncDispose]());

  const pidsOf = async (pattern: string): Promise<readonly string[]> =>
    (await kit.sh(`pgrep -u alice -f '${pattern}' || true`)).split("\n").filter((pid) => pid !== "");
  const sbatchOf = async (token: string): Promise<string> =>
    eventually(async () => (await pidsOf(`^sbatch --parsable.*${token}`))[0], { within: 10_000, every: 50 });
  const shellOf = async (pid: string): Promise<string> => (await kit.sh(`ps -o ppid= -p ${pid}`)).trim();

  test("an sbatch that is killed while slurmctld thinks is unclear; void decides, and the script runs once", async () => {
    const uid = randomUUID();
    const place = kit.place({ uid });
    await signalDaemon(slurmctld, "SIGSTOP");
    const [put, next] = [kit.job(place, counting(uid)), kit.job(kit.place())].map(async (job) =>
      kit.login.put(job, kit.call),
    ) as [Promise<unknown>, Promise<unknown>];
    await kit.sh(`kill -KILL ${await sbatchOf(place.token)}`);
    expect(await put).toEqual({ is: "unclear", text: "sbatch was ended by signal 9;" });
    await signalDaemon(slurmctld, "SIGCONT");
    await next;
    expect(await kit.login.put(kit.job(place, counting(uid)), kit.call)).toEqual({ is: "look" });
    await submitOnce(kit, uid, counting(uid));
    await expectOneRunOfEach(kit, [uid]);
  });

  test("while an sbatch whose shell was killed lives on, nobody gets past the lock; its id is then known", async () => {
    const uid = randomUUID();
    const job = kit.job(kit.place({ uid }), counting(uid));
    await using other = await Kit.open(cluster);
    await signalDaemon(slurmctld, "SIGSTOP");
    const first = kit.login.put(job, kit.call);
    const sbatch = await sbatchOf(job.token);
    await kit.sh(`kill -KILL ${await shellOf(sbatch)}`);
    expect(await first).toMatchObject({ is: "unclear" });
    const fence = other.login.void(job, other.call);
    const second = kit.login.put(job, kit.call);
    await eventually(async () => (await pidsOf("^flock -w")).length === 2, { within: 5000 });
    await signalDaemon(slurmctld, "SIGCONT");
    const answer = await second;
    expect(answer).toMatchObject({ is: "accepted", known: true });
    const word = await fence;
    expect(word.is).toBe("fenced");
    // void came before the job had started: that attempt is over, whatever the put says.
    if (word.is === "fenced" && word.owner.is === "void") await submitOnce(kit, uid, counting(uid), 2);
    await expectOneRunOfEach(kit, [uid]);
  });

  test("a whole process group killed at any moment, again and again: each script runs once", async () => {
    await using killer = await Kit.open(cluster);
    // The shells of puts and what they wait for, not the jobs; what the kit looks with is bash.
    const killAll = `for p in $(pgrep -u alice -x 'sh|sbatch'); do
      tr '\\0' '\\n' </proc/$p/environ 2>/dev/null | grep -q '^SLURM_JOB_ID=' || { kill -KILL $p 2>/dev/null && echo $p; }
    done; true`;
    const uids: string[] = [];
    // A quick machine is through before most of the kills: on until enough of them have hit something.
    for (let round = 0, hits = 0; hits < 5; round += 1) {
      expect(round).toBeLessThan(40);
      const batch = Array.from({ length: 6 }, () => randomUUID());
      uids.push(...batch);
      const kills = await Promise.all(
        batch.map(async (uid, index) => {
          const handed = submitOnce(kit, uid, counting(uid));
          await sleep((round % 8) * 5 + index * 20);
          const killed = await killer.sh(killAll);
          await handed;
          return killed;
        }),
      );
      hits += kills.filter((killed) => killed !== "").length;
    }
    await expectOneRunOfEach(kit, uids);
  });

  test("slurmctld is silent: the watchdog ends sbatch, the batch stops there, and the script runs once", async () => {
    await using hasty = await Kit.open(cluster, {
      login: { limits: { lockSeconds: 1, startSeconds: 1, sbatchSeconds: 1 } },
    });
    const uids = [randomUUID(), randomUUID()];
    // Tokens of one shard go as one batch.
    const jobs = uids.map((uid) => hasty.job(hasty.place({ uid }), counting(uid)));
    await signalDaemon(slurmctld, "SIGSTOP");
    const answers = await Promise.all(jobs.map(async (job) => hasty.login.put(job, hasty.call)));
    await signalDaemon(slurmctld, "SIGCONT");
    for (const answer of answers)
      expect([
        { is: "unclear", text: expect.stringContaining("ended by the watchdog") },
        { is: "notSent", why: "BatchStopped", text: expect.stringContaining("ended by the watchdog") },
      ]).toContainEqual(answer);
    expect(answers.map((answer) => answer.is)).toContain("unclear");
    await Promise.all(uids.map(async (uid) => submitOnce(kit, uid, counting(uid))));
    await expectOneRunOfEach(kit, uids);
  });

  test("the connection is cut after any number of bytes: each script of the batch runs once", async () => {
    await using proxy = await TcpProxy.to(cluster.ssh.port);
    const session = { port: proxy.port, limits: { firstPauseMs: 1, mostPauseMs: 5, mostLossPauseMs: 0 } };
    await using cut = await Kit.open(cluster, { session });
    await cut.sh("true");
    const all: string[] = [];
    for (let round = 0; round < 8; round += 1) {
      const uids = Array.from({ length: 6 }, () => randomUUID());
      all.push(...uids);
      if (round % 2 === 0) proxy.cutAfter(1 + Math.floor(Math.random() * 3000));
      const handed = Promise.all(uids.map(async (uid) => submitOnce(cut, uid, counting(uid))));
      if (round % 2 === 1) {
        await sleep(Math.random() * 150);
        proxy.cut();
      }
      await handed;
    }
    expect(proxy.accepted).toBeGreaterThan(4);
    await expectOneRunOfEach(kit, all);
  });
});
