import { spawn } from "node:child_process";
import { once } from "node:events";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { labCommand, labName, readLab, stateDirectory } from "./lab.ts";

/**
 * Gives tests the lab as `inject("lab")`. With `$BATCHWRIGHT_LAB` it is the lab of that name, started if it is not up and
 * left running. Otherwise it is the lab `test`: started by the first run that needs it, ended by the last that used it.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const name = labName();
  const isOurs = process.env["BATCHWRIGHT_LAB"] === undefined;
  const mark = join(stateDirectory(name), "ends-with-tests");
  const wasUp = await exists(join(stateDirectory(name), "lab.json"));
  const release = await hold(name);
  if (isOurs && !wasUp) await writeFile(mark, "");
  await tellLab(["--name", name, "up", "--quiet"]);
  project.provide("lab", await readLab(name));
  return async () => {
    await release();
    if (isOurs && (await exists(mark))) await tellLab(["--name", name, "down", "--unless-used"]);
  };
}

/** Keeps other runs from ending the lab. The hold ends with this process, however that ends. */
async function hold(name: string): Promise<() => Promise<void>> {
  const child = spawn(labCommand, ["--name", name, "hold"], { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  await Promise.race([once(child.stdout, "data"), exited]);
  if (child.exitCode !== null) throw new Error(`lab ${name} could not be held; see the message above`);
  return async () => {
    child.stdin.end();
    await exited;
  };
}

/** Its lines go to the terminal as they come: a cold lab builds for minutes. */
async function tellLab(words: readonly string[]): Promise<void> {
  const child = spawn(labCommand, words, { stdio: ["ignore", "inherit", "inherit"] });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`test/lab/lab ${words.join(" ")} failed; see the message above`);
}

const exists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
