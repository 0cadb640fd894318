import { readFile, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { commandOutput } from "../../lab/command.ts";
import { stateDirectory } from "../../lab/lab.ts";

/** What a lab may never change on the machine. */
export interface Machine {
  readonly users: string;
  readonly groups: string;
  readonly packages: string;
}

export async function readMachine(): Promise<Machine> {
  return {
    users: await readFile("/etc/passwd", "utf8"),
    groups: await readFile("/etc/group", "utf8"),
    packages: await commandOutput("dpkg-query", ["--show"]),
  };
}

/** All that a lab of this name has on the machine now; every list is empty when it is down. */
export interface Traces {
  readonly processes: readonly string[];
  readonly mounts: readonly string[];
  readonly cgroups: readonly string[];
  readonly directories: readonly string[];
}

export const noTraces: Traces = { processes: [], mounts: [], cgroups: [], directories: [] };

/** `pidNamespaces` are those that the lab's clusters had: whatever still lives in one is a leftover, jobs included. */
export async function readTraces(name: string, pidNamespaces: readonly string[]): Promise<Traces> {
  const state = stateDirectory(name);
  const mounts = (await readFile("/proc/self/mountinfo", "utf8")).split("\n");
  return {
    processes: await processesOf(state, pidNamespaces),
    mounts: mounts.filter((line) => line.includes(`${state}/`)),
    cgroups: await commandOutput("find", ["/sys/fs/cgroup", "-type", "d", "-name", `bwlab-${name}-*`]).then(
      lines,
    ),
    directories: [...(await entriesNamed("/tmp", state)), ...(await registered(state))],
  };
}

export const pidNamespaceOf = async (pid: number): Promise<string> => readlink(`/proc/${pid}/ns/pid`);

async function processesOf(state: string, pidNamespaces: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry))) {
    const [namespace, environment, command] = await Promise.all([
      readlink(`/proc/${pid}/ns/pid`).catch(() => ""),
      readFile(`/proc/${pid}/environ`, "utf8").catch(() => ""),
      readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""),
    ]);
    // A zombie waits for the machine's PID 1 to look; nothing of it runs.
    if (command === "" && (await stateOf(pid)) !== "alive") continue;
    const isMarked = environment.split("\0").includes(`BATCHWRIGHT_LAB_STATE=${state}`);
    if (isMarked || pidNamespaces.includes(namespace)) found.push(`${pid} ${command.replaceAll("\0", " ")}`);
  }
  return found;
}

async function stateOf(pid: string): Promise<"alive" | "ended"> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const [state] = stat.slice(stat.lastIndexOf(")") + 2);
  return state === undefined || state === "Z" || state === "X" ? "ended" : "alive";
}

async function entriesNamed(directory: string, path: string): Promise<string[]> {
  return (await readdir(directory)).map((entry) => join(directory, entry)).filter((entry) => entry === path);
}

async function registered(state: string): Promise<string[]> {
  const registry = "/run/batchwright-lab";
  const entries = await readdir(registry).catch(() => []);
  const targets = await Promise.all(
    entries.map(async (entry) => readlink(join(registry, entry)).catch(() => "")),
  );
  return targets.filter((target) => target === state).map((target) => `${registry}: ${target}`);
}

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");
