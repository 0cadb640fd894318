import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { insideRoot, restartDaemon, signalDaemon, type User } from "../../lab/daemons.ts";
import { eventually } from "../../lab/eventually.ts";
import type { ClusterName, Daemon, PartialLab } from "../../lab/lab.ts";
import { OwnLab } from "./own-lab.ts";

const state = "/var/lib/slurm/state";
/** Writes down each tenth of a second that it lives, and lets itself be ended by KILL alone. */
const beating = `#!/bin/sh
trap "" TERM HUP INT CONT
while :; do date +%s.%N >>$HOME/beat; sleep 0.1; done`;

describe.skipIf(process.env["BATCHWRIGHT_FULL"] !== "1")("a job that slurmctld has forgotten", () => {
  const own = new OwnLab("orphan");
  let lab: PartialLab;
  beforeAll(async () => {
    lab = await own.up("c1", "c2");
  });
  afterAll(async () => {
    await own.down();
  });

  async function run(cluster: ClusterName, user: User, script: string): Promise<string> {
    const { code, stdout, stderr } = await insideRoot(own, { cluster, user }, script);
    if (code !== 0) throw new Error(`${script} ended with ${code}: ${stderr}`);
    return stdout.trim();
  }

  function daemons(cluster: ClusterName, names: RegExp): Daemon[] {
    const all = Object.entries(lab.clusters[cluster]?.daemons ?? {});
    return all.flatMap(([name, daemon]) => (names.test(name) ? [daemon] : []));
  }

  const signal = async (cluster: ClusterName, names: RegExp, sent: NodeJS.Signals): Promise<void> => {
    for (const daemon of daemons(cluster, names)) await signalDaemon(daemon, sent);
  };

  /** slurmctld is killed beside a running job, and comes back on what it had saved before it. @returns when it answers, in seconds since 1970 */
  async function orphan(cluster: ClusterName, whileAway: () => Promise<void>): Promise<number> {
    await run(cluster, "root", `rm -rf ${state}.kept && cp -a ${state} ${state}.kept`);
    await run(
      cluster,
      "alice",
      `rm -f beat; sbatch --parsable --time=10 -o /dev/null <<'JOB'\n${beating}\nJOB`,
    );
    await eventually(async () => run(cluster, "alice", "tail -n 1 beat"), { within: 30_000 });
    await signal(cluster, /^slurmctld$/u, "SIGKILL");
    await run(cluster, "root", `rm -rf ${state} && mv ${state}.kept ${state}`);
    await whileAway();
    await restartDaemon(own, cluster, "slurmctld");
    expect(await run(cluster, "alice", "squeue -h -t all")).toBe("");
    return Date.now() / 1000;
  }

  /** When it was last alive, in seconds since 1970. */
  async function lastBeat(cluster: ClusterName): Promise<number> {
    let last = "";
    await eventually(
      async () => {
        const before = last;
        last = await run(cluster, "alice", "tail -n 1 beat");
        return last === before;
      },
      { within: 120_000, every: 1000 },
    );
    return Number(last);
  }

  describe.each(["c1", "c2"] as const)("on %s", (cluster) => {
    test.for([1, 2, 3])("is killed when its node registers, some seconds after (%i)", async () => {
      const answers = await orphan(cluster, async () => undefined);
      const lived = (await lastBeat(cluster)) - answers;
      console.log(`${cluster}: the orphan lived ${lived.toFixed(1)} s after slurmctld answered`);
      expect(lived).toBeLessThan(10);
    });

    test("lives on while its node is silent", { timeout: 240_000 }, async () => {
      const answers = await orphan(cluster, async () => signal(cluster, /^slurmd\d/u, "SIGSTOP"));
      await sleep(30_000);
      const thawed = Date.now() / 1000;
      expect(Number(await run(cluster, "alice", "tail -n 1 beat"))).toBeGreaterThan(thawed - 5);
      await signal(cluster, /^slurmd\d/u, "SIGCONT");
      const last = await lastBeat(cluster);
      console.log(
        `${cluster}: behind a silent slurmd it lived ${(last - answers).toFixed(1)} s, ${(last - thawed).toFixed(1)} s after that answered`,
      );
    });
  });
});
