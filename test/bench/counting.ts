import { chown, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Lab } from "../lab/lab.ts";
import { onCluster } from "./slurm-side.ts";

/** For `spec.binDirectory`: Slurm's commands behind programs that note each call. */
export const countingDirectory = "/home/alice/bench-bin";
const log = "/home/alice/bench-calls";

export interface SlurmCall {
  readonly command: string;
  /** Milliseconds. */
  readonly took: number;
}

export async function installCounting(lab: Lab): Promise<void> {
  await onCluster(lab, `mkdir -p ${countingDirectory}`, { user: "alice" });
  for (const command of ["sbatch", "squeue", "sacct"]) {
    const text = `#!/bin/sh\nbegan=$(date +%s%N)\n/usr/bin/${command} "$@"\ncode=$?\necho "${command} $began $(date +%s%N)" >>${log}\nexit $code\n`;
    const file = join(lab.clusters.c1.root, countingDirectory, command);
    await writeFile(file, text, { mode: 0o755 });
  }
  await forgetCalls(lab);
}

export async function forgetCalls(lab: Lab): Promise<void> {
  const file = join(lab.clusters.c1.root, log);
  await writeFile(file, "");
  const { uid } = lab.clusters.c1.users.alice;
  await chown(file, uid, uid);
}

/** The calls that have ended since they were last forgotten. */
export async function slurmCalls(lab: Lab): Promise<readonly SlurmCall[]> {
  const text = await readFile(join(lab.clusters.c1.root, log), "utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [command = "", began, ended] = line.split(" ");
      return { command, took: Number(BigInt(ended ?? 0) - BigInt(began ?? 0)) / 1e6 };
    });
}

export const callsOf = (calls: readonly SlurmCall[], command: string): number =>
  calls.filter((call) => call.command === command).length;
