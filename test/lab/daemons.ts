import { readFile } from "node:fs/promises";
import { commandOutput, runCommand, type CommandOptions, type Outcome } from "./command.ts";
import { labCommand, type Daemon, type Lab, type PartialLab } from "./lab.ts";

type Named = Pick<PartialLab, "name">;
export type Part = "kube" | keyof Lab["clusters"];
export type User = "root" | "alice" | "bob";

/** A daemon that may still end what it has in hand gets 20 s before it is killed, and 60 s to answer when it starts. */
const daemonLimit = 120_000;

/** Runs shell text in a cluster's root as a user, in the user's home, without ssh and with a fresh environment. */
export const insideRoot = async (
  lab: Named,
  where: { readonly cluster: keyof Lab["clusters"]; readonly user: User },
  script: string,
  options: CommandOptions = {},
): Promise<Outcome> =>
  runCommand(
    labCommand,
    ["--name", lab.name, "run", where.cluster, where.user, "/bin/bash", "-c", script],
    options,
  );

/** The pid of a daemon that was last started under this pid file, whether it still runs or not. */
export async function daemonPid(daemon: Daemon): Promise<number> {
  const [pid] = (await readFile(daemon.pidFile, "utf8")).split(" ");
  return Number(pid);
}

/** Sends a signal at once: STOP freezes a daemon, CONT thaws it, KILL ends it. */
export async function signalDaemon(daemon: Daemon, signal: NodeJS.Signals): Promise<void> {
  process.kill(await daemonPid(daemon), signal);
}

const tellLab = async (lab: Named, ...words: readonly string[]): Promise<void> => {
  await commandOutput(labCommand, ["--name", lab.name, ...words], { within: daemonLimit });
};

/** Ends a daemon and returns when it has ended. */
export const stopDaemon = async (lab: Named, part: Part, daemon: string): Promise<void> =>
  tellLab(lab, "stop", part, daemon);

/** Starts a daemon unless it runs, on the data it had, and returns when it answers. */
export const startDaemon = async (lab: Named, part: Part, daemon: string): Promise<void> =>
  tellLab(lab, "start", part, daemon);

/** Ends a daemon, frozen ones included, starts it on the same data and returns when it answers. */
export const restartDaemon = async (lab: Named, part: Part, daemon: string): Promise<void> =>
  tellLab(lab, "restart", part, daemon);

/** Changes slurm.conf and reconfigures. Some keys, MaxJobCount among them, count only after a restart of slurmctld. */
export const setSlurm = async (
  lab: Named,
  cluster: keyof Lab["clusters"],
  settings: Readonly<Record<string, string | number>>,
): Promise<void> =>
  tellLab(lab, "set", cluster, ...Object.entries(settings).map(([key, value]) => `${key}=${value}`));
