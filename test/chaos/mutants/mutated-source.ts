import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
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

/** Makes a copy of the source with the edits in an empty directory. @returns where its `src` is; node runs it as it is */
export async function mutateSource(directory: string, edits: readonly Edit[]): Promise<string> {
  const edited = await editedFiles(edits);
  const source = join(directory, "src");
  await mkdir(directory, { recursive: true });
  await cp(join(root, "src"), source, { recursive: true });
  for (const name of ["node_modules", "package.json"]) await symlink(join(root, name), join(directory, name));
  for (const [file, text] of edited) await writeFile(join(source, file), text);
  return source;
}
