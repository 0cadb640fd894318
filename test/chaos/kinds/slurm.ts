import { setTimeout as sleep } from "node:timers/promises";
import { restartDaemon, setSlurm, signalDaemon, startDaemon, stopDaemon } from "../../lab/daemons.ts";
import type { ClusterName } from "../../lab/lab.ts";
import type { Draw } from "../draw.ts";
import type { Fault } from "../fault.ts";
import type { Scene } from "../scene.ts";

const daemonOf = ({ lab }: Scene, cluster: ClusterName, name: string) => {
  const daemon = lab.clusters[cluster].daemons[name];
  if (daemon === undefined) throw new Error(`${cluster} has no ${name}`);
  return daemon;
};

const onEach = (
  quota: number,
  fault: Omit<Fault, "lane" | "quota" | "inject">,
  act: (scene: Scene, cluster: ClusterName, draw: Draw) => Promise<boolean>,
): readonly Fault[] =>
  (["c1", "c2"] as const).map((cluster) => ({
    ...fault,
    kind: `${fault.kind} (${cluster})`,
    lane: cluster,
    quota: quota / 2,
    inject: async (scene, draw) => act(scene, cluster, draw),
  }));

const frozen =
  (daemon: string, least: number, most: number) => async (scene: Scene, cluster: ClusterName, draw: Draw) => {
    await signalDaemon(daemonOf(scene, cluster, daemon), "SIGSTOP");
    await sleep(draw.between(least, most));
    await signalDaemon(daemonOf(scene, cluster, daemon), "SIGCONT");
    return true;
  };

const minute = 60_000;

export const slurmFaults: readonly Fault[] = [
  ...onEach(
    20,
    {
      kind: "slurmctld frozen",
      what: "SIGSTOP for a minute, far past MessageTimeout (10 s), with requests of ours in its backlog",
    },
    frozen("slurmctld", minute, minute),
  ),
  ...onEach(
    40,
    {
      kind: "slurmctld frozen for a moment",
      what: "SIGSTOP for two to fifteen seconds: shorter and longer than MessageTimeout (10 s)",
    },
    frozen("slurmctld", 2000, 15_000),
  ),
  ...onEach(
    40,
    {
      kind: "slurmctld killed",
      what: "SIGKILL at any moment, and started again: what it had not saved is lost, and ids are given away again",
      shakesJobs: true,
    },
    async (scene, cluster, draw) => {
      await sleep(draw.between(0, 3000));
      await signalDaemon(daemonOf(scene, cluster, "slurmctld"), "SIGKILL");
      await restartDaemon(scene.lab, cluster, "slurmctld");
      return true;
    },
  ),
  ...onEach(
    20,
    { kind: "slurmctld down", what: "ended in good order and started again a minute later" },
    async ({ lab }, cluster) => {
      await stopDaemon(lab, cluster, "slurmctld");
      await sleep(minute);
      await startDaemon(lab, cluster, "slurmctld");
      return true;
    },
  ),
  ...onEach(
    20,
    { kind: "MaxJobCount reached", what: "Slurm takes no more jobs for half a minute, then it does" },
    async ({ lab }, cluster) => {
      await setSlurm(lab, cluster, { MaxJobCount: 2 });
      await restartDaemon(lab, cluster, "slurmctld");
      await sleep(minute / 2);
      await setSlurm(lab, cluster, { MaxJobCount: 50_000 });
      await restartDaemon(lab, cluster, "slurmctld");
      return true;
    },
  ),
  ...onEach(
    20,
    {
      kind: "sshd restarted",
      what: "the login node's sshd is ended and started again; sessions that are open go on",
    },
    async ({ lab }, cluster, draw) => {
      await stopDaemon(lab, cluster, "sshd");
      await sleep(draw.between(500, 8000));
      await startDaemon(lab, cluster, "sshd");
      return true;
    },
  ),
  {
    kind: "slurmdbd down",
    lane: "c1",
    quota: 20,
    what: "accounting is ended and started again a minute later",
    async inject({ lab }) {
      await stopDaemon(lab, "c1", "slurmdbd");
      await sleep(minute);
      await startDaemon(lab, "c1", "slurmdbd");
      return true;
    },
  },
  {
    kind: "slurmdbd frozen",
    lane: "c1",
    quota: 20,
    what: "accounting answers nothing for a minute",
    inject: async (scene, draw) => frozen("slurmdbd", minute, minute)(scene, "c1", draw),
  },
];
