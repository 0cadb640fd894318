import { mkdir, mkdtempDisposable, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compareFiles, writeFiles } from "../../../scripts/generate/generated-files.ts";

const mark = "Generated; do not edit.";
const files = new Map([
  ["crds/a.yaml", `# ${mark}\na: 1\n`],
  ["crds/b.yaml", `# ${mark}\nb: 1\n`],
]);

/** A tree with one file as it should be, one that was edited, one left over, and one written by hand. */
async function makeTree() {
  const tree = await mkdtempDisposable(join(tmpdir(), "batchwright-generate-"));
  await mkdir(join(tree.path, "crds"));
  await writeFile(join(tree.path, "crds/a.yaml"), `# ${mark}\na: 1\n`);
  await writeFile(join(tree.path, "crds/b.yaml"), `# ${mark}\nb: 2\n`);
  await writeFile(join(tree.path, "crds/c.yaml"), `# ${mark}\nc: 1\n`);
  await writeFile(join(tree.path, "crds/kustomization.yaml"), "resources: []\n");
  return tree;
}

describe("generated files", () => {
  it("are all missing in an empty tree", async () => {
    await using tree = await mkdtempDisposable(join(tmpdir(), "batchwright-generate-"));
    expect(await compareFiles(tree.path, files, mark)).toEqual({ outdated: [...files.keys()], stale: [] });
  });

  it("differ when edited, and are stale when nothing generates them; a file by hand is neither", async () => {
    await using tree = await makeTree();
    expect(await compareFiles(tree.path, files, mark)).toEqual({
      outdated: ["crds/b.yaml"],
      stale: ["crds/c.yaml"],
    });
  });

  it("are right after writing, and the rest is untouched", async () => {
    await using tree = await makeTree();
    await writeFiles(tree.path, files, await compareFiles(tree.path, files, mark));
    expect(await compareFiles(tree.path, files, mark)).toEqual({ outdated: [], stale: [] });
    expect((await readdir(join(tree.path, "crds"))).sort()).toEqual([
      "a.yaml",
      "b.yaml",
      "kustomization.yaml",
    ]);
    expect(await readFile(join(tree.path, "crds/b.yaml"), "utf8")).toBe(`# ${mark}\nb: 1\n`);
  });
});
