import { setTimeout as sleep } from "node:timers/promises";
import { restartDaemon, setSlurm, signalDaemon } from "../../lab/daemons.ts";
import type { Fault } from "../fault.ts";
import { throughProxy } from "../scene.ts";
import { minute, onEach } from "./on-each.ts";

/** Ends every process of alice's that is not part of a job: what a login node takes along when it dies. */
const killLogins = `for directory in /proc/[0-9]*; do
  if [ "$(stat -c %U "$directory" 2>/dev/null)" = alice ] && [ "$(cat "$directory/comm" 2>/dev/null)" != slurmstepd ] && ! tr '\\0' '\\n' <"$directory/environ" 2>/dev/null | grep -q ^SLURM_JOB_ID=; then
    kill -9 "\${directory#/proc/}" 2>/dev/null
  fi
done
true`;

/** A wrapper for each of Slurm's commands that talks on stderr before it does its work. */
const noisy = `mkdir -p /opt/noisy && for name in sbatch squeue sacct scancel scontrol; do
  printf '#!/bin/sh\\necho "%s: warning: the site will be down on Sunday" >&2\\nexec /usr/bin/%s "$@"\\n' $name $name >/opt/noisy/$name
done && chmod -R a+rx /opt/noisy`;

/** What a site does to its users, apart from Slurm's own daemons. */
export const siteFaults: readonly Fault[] = [
  ...onEach(
    {
      kind: "login node dies",
      quota: 10,
      lasts: 3,
      what: "every process of the login is killed, sbatch too, and sshd is started again: locks are fresh, the home is shared",
      leavesStages: true,
    },
    async (scene, cluster) => {
      try {
        await scene.run(cluster, "root", killLogins);
      } finally {
        await restartDaemon(scene.lab, cluster, "sshd");
      }
      return true;
    },
  ),
  ...onEach(
    {
      kind: "another host answers",
      quota: 10,
      lasts: 10,
      what: "the address leads to a host with another key for ten seconds",
    },
    async ({ lab, ssh }, cluster) => {
      const other = cluster === "c1" ? "c2" : "c1";
      ssh[cluster].leadTo(lab.clusters[other].ssh.port);
      try {
        ssh[cluster].cut();
        await sleep(10_000);
      } finally {
        ssh[cluster].leadTo(lab.clusters[cluster].ssh.port);
        ssh[cluster].cut();
      }
      return true;
    },
  ),
  ...onEach(
    {
      kind: "MaxSessions 1",
      quota: 10,
      lasts: 16,
      what: "sshd allows one command at a time on a connection for fifteen seconds, and refuses the others",
    },
    async (scene, cluster) => {
      const allow = async (sessions: number): Promise<void> => {
        await scene.run(
          cluster,
          "root",
          `sed -i 's/^MaxSessions .*/MaxSessions ${sessions}/' /etc/ssh/sshd_config`,
        );
        const { sshd } = scene.lab.clusters[cluster].daemons;
        if (sshd !== undefined) await signalDaemon(sshd, "SIGHUP");
        await sleep(500);
        scene.ssh[cluster].cut();
      };
      try {
        await allow(1);
        await sleep(15_000);
      } finally {
        await allow(10);
      }
      return true;
    },
  ),
  ...onEach(
    {
      kind: "success with text on stderr",
      quota: 10,
      lasts: 16,
      what: "each of Slurm's commands warns on stderr before it does its work, for fifteen seconds",
    },
    async (scene, cluster) => {
      await scene.run(cluster, "root", noisy);
      try {
        await scene.kubectl(
          ["apply", "-f", "-"],
          JSON.stringify(throughProxy(scene, cluster, { binDirectory: "/opt/noisy" })),
        );
        await sleep(15_000);
      } finally {
        await scene.kubectl(["apply", "-f", "-"], JSON.stringify(throughProxy(scene, cluster)));
      }
      return true;
    },
  ),
  ...onEach(
    {
      kind: "purged at once",
      quota: 10,
      lasts: 62,
      what: "Slurm forgets ended jobs after two seconds (MinJobAge=2), for a minute",
    },
    async ({ lab }, cluster) => {
      try {
        await setSlurm(lab, cluster, { MinJobAge: 2 });
        await sleep(minute);
      } finally {
        await setSlurm(lab, cluster, { MinJobAge: 60 });
      }
      return true;
    },
  ),
];
