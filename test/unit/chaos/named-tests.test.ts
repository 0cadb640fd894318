import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { namedTests } from "../../chaos/named-tests.ts";

test.each(namedTests)("the test that docs/reliability.md names is there: $title", async ({ file, title }) => {
  expect(await readFile(join(import.meta.dirname, "../..", file), "utf8")).toContain(title);
});
