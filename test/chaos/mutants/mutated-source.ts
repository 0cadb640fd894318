import { cp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Edit } from "./mutant.ts";

const root = join(import.meta.dirname, "../../..");

/**
 * @returns the edited texts of the files that change, by their path below `src`
 * @throws Error for an edit whose text is not there exactly once
 */
export async function editedFiles(edits: readonly Edit[]): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const { file, find, replace } of edits) {
    const text = texts.get(file) ?? (await readFile(join(root, "src", file), "utf8"));
    const parts = text.split(find);
    if (parts.length !== 2)
      throw new Error(
        `src/${file} has this text ${parts.length - 1} times, and the mutant needs it once; write the edit anew after the code:\n${find}`,
      );
    texts.set(file, parts.join(replace));
  }
  return texts;
}

/** A copy of the source that node runs as it is; disposing removes it. */
export interface TestBuild extends AsyncDisposable {
  readonly sourceRoot: string;
}

/** Makes one with the edits, in a directory that is not there yet. */
export async function testBuild(directory: string, edits: readonly Edit[]): Promise<TestBuild> {
  const edited = await editedFiles(edits);
  const sourceRoot = join(directory, "src");
  await mkdir(directory);
  await cp(join(root, "src"), sourceRoot, { recursive: true });
  for (const name of ["node_modules", "package.json"]) await symlink(join(root, name), join(directory, name));
  for (const [file, text] of edited) await writeFile(join(sourceRoot, file), text);
  return { sourceRoot, [Symbol.asyncDispose]: async () => rm(directory, { recursive: true, force: true }) };
}
