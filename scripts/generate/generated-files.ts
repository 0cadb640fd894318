import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Path below the repository's root to content. */
export type GeneratedFiles = ReadonlyMap<string, string>;

/** Files that differ from what the schemas say, `stale` ones being files that nothing generates any more. */
export interface Differences {
  readonly outdated: readonly string[];
  readonly stale: readonly string[];
}

/** Compares the tree with what it should hold. A file that carries `mark` in a generated folder and is not generated is stale. */
export async function compareFiles(root: string, files: GeneratedFiles, mark: string): Promise<Differences> {
  const outdated: string[] = [];
  for (const [path, content] of files) {
    if ((await readIfThere(join(root, path))) !== content) outdated.push(path);
  }
  return { outdated, stale: await findStale(root, files, mark) };
}

export async function writeFiles(
  root: string,
  files: GeneratedFiles,
  { outdated, stale }: Differences,
): Promise<void> {
  for (const path of outdated) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), files.get(path) ?? "");
  }
  for (const path of stale) await rm(join(root, path));
}

async function findStale(root: string, files: GeneratedFiles, mark: string): Promise<string[]> {
  const folders = new Set([...files.keys()].map((path) => dirname(path)));
  const stale: string[] = [];
  for (const folder of folders) {
    for (const name of await namesIn(join(root, folder))) {
      const path = join(folder, name);
      if (files.has(path)) continue;
      if ((await readIfThere(join(root, path)))?.includes(mark) === true) stale.push(path);
    }
  }
  return stale;
}

const namesIn = async (folder: string): Promise<string[]> => {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  } catch (error) {
    return absentAs([], error);
  }
};

const readIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    return absentAs(undefined, error);
  }
};

function absentAs<T>(value: T, error: unknown): T {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return value;
  throw error;
}
