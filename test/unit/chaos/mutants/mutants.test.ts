import { existsSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import { courses } from "../../../chaos/mutants/courses/all.ts";
import { listed } from "../../../chaos/mutants/listed.ts";
import { editedFiles } from "../../../chaos/mutants/mutated-source.ts";
import { mutantNames } from "../../../chaos/mutants/names.ts";
import { withSection } from "./section.ts";

const root = join(import.meta.dirname, "../../../..");
const page = join(root, "docs/dispatch.md");
const mutants = courses.flatMap((course) => course.mutants);

test("each mutant of the model is played, or listed with a reason", () => {
  const named = [...mutants, ...listed].map(({ name }) => name);
  expect(named.toSorted()).toEqual([...mutantNames].sort());
});

test.each(mutants)("$name fits the source as it is, and what comes of it is a program", async ({ edits }) => {
  for (const text of (await editedFiles(edits)).values())
    expect(() => stripTypeScriptTypes(text)).not.toThrow();
});

test("an edit of what is not there, or is there twice, is none", async () => {
  const file = "core/slurm/launcher/launcher.ts";
  await expect(editedFiles([{ file, find: "no such text", replace: "" }])).rejects.toThrow("0 times");
  await expect(editedFiles([{ file, find: "$marks/", replace: "" }])).rejects.toThrow(
    /has this text \d\d times/u,
  );
});

test("the tests that stand for those that are not played are there", () => {
  const named = listed.map(({ test: file }) => file ?? "package.json");
  expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

test("docs/dispatch.md tells the mutants as the tests have them (after a change: vitest run --project unit test/unit/chaos/mutants -u)", async () => {
  await expect(await withSection(readFileSync(page, "utf8"), page)).toMatchFileSnapshot(page);
});
