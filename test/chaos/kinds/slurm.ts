import { setTimeout as sleep } from "node:timers/promises";
import { restartDaemon, setSlurm, signalDaemon } from "../../lab/daemons.ts";
import type { Fault } from "../fault.ts";
import { daemonOf, freeze, minute, onEach, takeDown } from "./on-each.ts";

export const slurmFaults: readonly Fault[] = [
  ...onEach(
    {
      quota: 10,
      lasts: 60,
      kind: "slurmctld frozen",
      what: "SIGSTOP for a minute, far past MessageTimeout (10 s), with requests of ours in its backlog",
    },
    async (scene, cluster) => freeze(daemonOf(scene, cluster, "slurmctld"), minute),
  ),
  ...onEach(
    {
      quota: 20,
      lasts: 10,
      kind: "slurmctld frozen for a moment",
      what: "SIGSTOP for two to fifteen seconds: shorter and longer than MessageTimeout (10 s)",
    },
    async (scene, cluster, draw) => freeze(daemonOf(scene, cluster, "slurmctld"), draw.between(2000, 15_000)),
  ),
  ...onEach(
    {
      quota: 20,
      lasts: 6,
      kind: "slurmctld killed",
      what: "SIGKILL at any moment, and started again: what it had not saved is lost, and ids are given away again",
      shakesJobs: true,
    },
    async (scene, cluster, draw) => {
      await sleep(draw.between(0, 3000));
      try {
        await signalDaemon(daemonOf(scene, cluster, "slurmctld"), "SIGKILL");
      } finally {
        await restartDaemon(scene.lab, cluster, "slurmctld");
      }
      return true;
    },
  ),
  ...onEach(
    {
      quota: 10,
      lasts: 62,
      kind: "slurmctld down",
      what: "ended in good order and started again a minute later",
    },
    async (scene, cluster) => takeDown(scene, { part: cluster, daemon: "slurmctld" }, minute),
  ),
  ...onEach(
    {
      quota: 10,
      lasts: 36,
      kind: "MaxJobCount reached",
      what: "Slurm takes no more jobs for half a minute, then it does",
    },
    async ({ lab }, cluster) => {
      try {
        await setSlurm(lab, cluster, { MaxJobCount: 2 });
        await restartDaemon(lab, cluster, "slurmctld");
        await sleep(minute / 2);
      } finally {
        await setSlurm(lab, cluster, { MaxJobCount: 50_000 });
        await restartDaemon(lab, cluster, "slurmctld");
      }
      return true;
    },
  ),
  ...onEach(
    {
      quota: 10,
      lasts: 6,
      kind: "sshd restarted",
      what: "the login node's sshd is ended and started again; sessions that are open go on",
    },
    async (scene, cluster, draw) =>
      takeDown(scene, { part: cluster, daemon: "sshd" }, draw.between(500, 8000)),
  ),
];
