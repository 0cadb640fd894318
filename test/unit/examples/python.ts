import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./manifests.ts";

const silicon = join(root, "examples/silicon");

/** Whether this machine has a Python to run the example with. Without, the demo itself still runs it, on the cluster. */
export const hasPython: boolean = spawnSync("python3", ["--version"]).status === 0;

export interface PythonRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs python3 where it finds the example's modules. Leaves no bytecode behind. */
export function runPython(
  words: readonly string[],
  { input = "", env = {} }: { input?: string; env?: Readonly<Record<string, string>> } = {},
): PythonRun {
  const { status, stdout, stderr } = spawnSync("python3", words, {
    cwd: silicon,
    input,
    env: { PATH: process.env["PATH"], PYTHONPATH: silicon, PYTHONDONTWRITEBYTECODE: "1", ...env },
    encoding: "utf8",
    timeout: 15_000,
  });
  return { code: status, stdout, stderr };
}
