import { setTimeout as sleep } from "node:timers/promises";
import { restartDaemon, setSlurm, signalDaemon } from "../../lab/daemons.ts";
import { eventually } from "../../lab/eventually.ts";
import type { ClusterName } from "../../lab/lab.ts";
import type { Fault } from "../fault.ts";
import type { Scene } from "../scene.ts";
import { tendSite } from "../site-admin.ts";
import { nextJobId } from "../slurm-records.ts";
import { daemonOf, freeze, onEach } from "./on-each.ts";

const state = "/var/lib/slurm/state";

/** Waits, on the cluster itself, until Slurm gives out an id; kept short as each look from outside costs a quarter of a second. */
const untilNewId = (first: number): string => `
end=$(($(/usr/bin/date +%s) + 10))
while [ "$(/usr/bin/date +%s)" -lt $end ]; do
  next=$(scontrol show config | sed -n 's/^NEXT_JOB_ID *= *//p')
  [ "$next" -gt ${first} ] && { echo "$next"; exit 0; }
  sleep 0.05
done
echo ${first}`;

/** Jobs of bob's. They start when what slurmctld has lost is over: a node that still runs a job of the same id would be drained. @returns their ids */
async function strangers(
  { run, namespace }: Scene,
  cluster: ClusterName,
  count: number,
): Promise<readonly number[]> {
  const body = `echo start >>~/${namespace}-\\$SLURM_JOB_ID; sleep 5; echo end >>~/${namespace}-\\$SLURM_JOB_ID`;
  const out = await run(
    cluster,
    "bob",
    `for n in $(seq ${count}); do rm -f ~/${namespace}-*; sbatch --parsable --mem=20M --time=5 --begin=now+8 -o /dev/null --wrap "${body}"; done`,
  );
  return out.split("\n").map((line) => Number.parseInt(line, 10));
}

async function expectUnharmed(scene: Scene, cluster: ClusterName, ids: readonly number[]): Promise<void> {
  const ended = async (id: number) =>
    (await scene.run(cluster, "bob", `cat ~/${scene.namespace}-${id} 2>/dev/null || true`)) === "start\nend";
  for (const id of ids) {
    try {
      await eventually(async () => tendSite(scene).then(async () => ended(id)), {
        within: 60_000,
        every: 2000,
      });
    } catch {
      scene.complaints.push(
        `on ${cluster} job ${id} of somebody else, with an id that was ours, did not come to its end`,
      );
    }
  }
}

export const forgetfulFaults: readonly Fault[] = [
  ...onEach(
    {
      quota: 20,
      lasts: 28,
      kind: "ids given to a stranger",
      what: "slurmctld is killed right after it gave us an id, comes back on a state from before that, and gives the id to a job of another user",
      shakesJobs: true,
    },
    async (scene, cluster) => {
      const { run, lab } = scene;
      const first = await nextJobId(scene, cluster);
      await run(cluster, "root", `rm -rf ${state}.kept && cp -a ${state} ${state}.kept`);
      const next = Number(await run(cluster, "root", untilNewId(first)));
      if (next === first) return false;
      try {
        await signalDaemon(daemonOf(scene, cluster, "slurmctld"), "SIGKILL");
        await run(cluster, "root", `rm -rf ${state} && mv ${state}.kept ${state}`);
      } finally {
        await restartDaemon(lab, cluster, "slurmctld");
      }
      const ids = await strangers(scene, cluster, next - first + 2);
      await expectUnharmed(scene, cluster, ids);
      return ids.some((id) => id >= first && id < next);
    },
  ),
  ...onEach(
    {
      quota: 10,
      lasts: 75,
      kind: "jobs forgotten before the next poll",
      what: "MinJobAge is 2 s and the login is away for over a minute: what ended meanwhile is in no queue when it comes back",
    },
    async (scene, cluster) => {
      const proxy = scene.ssh[cluster];
      const queued = async () =>
        (await scene.run(cluster, "root", "squeue -h -t all -u alice -o %A")).split("\n");
      try {
        await setSlurm(scene.lab, cluster, { MinJobAge: 2 });
        proxy.refuse();
        proxy.cut();
        const before = await queued();
        await sleep(70_000);
        const after = new Set(await queued());
        return before.some((id) => id !== "" && !after.has(id));
      } finally {
        await proxy.admit();
        await setSlurm(scene.lab, cluster, { MinJobAge: 60 });
      }
    },
  ),
  ...onEach(
    {
      quota: 10,
      lasts: 45,
      kind: "slurmctld frozen past the credential's life",
      what: "SIGSTOP for 40 s while credentials live for 15 (AuthInfo ttl): requests of ours in its backlog are refused when it goes on",
    },
    async (scene, cluster) => {
      try {
        await setSlurm(scene.lab, cluster, { AuthInfo: "cred_expire=5,ttl=15" });
        return await freeze(daemonOf(scene, cluster, "slurmctld"), 40_000);
      } finally {
        await eventually(
          async () => {
            await setSlurm(scene.lab, cluster, { AuthInfo: "cred_expire=5,ttl=300" });
            return true;
          },
          { within: 60_000, every: 1000 },
        );
      }
    },
  ),
];
