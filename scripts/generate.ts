import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { definitions } from "../src/api/v1alpha1/definitions.ts";
import { generateFiles } from "./generate/all-files.ts";
import { compareFiles, writeFiles } from "./generate/generated-files.ts";
import { header } from "./generate/yaml-text.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const style = z
  .object({ printWidth: z.int() })
  .parse(JSON.parse(await readFile(join(root, ".prettierrc.json"), "utf8")));
const files = await generateFiles(definitions, style);
const differences = await compareFiles(root, files, header);
const changed = [...differences.outdated, ...differences.stale.map((path) => `${path} (to be removed)`)];

if (!process.argv.includes("--check")) {
  await writeFiles(root, files, differences);
  console.log(changed.length === 0 ? "nothing to do" : `written: ${changed.join(", ")}`);
} else if (changed.length > 0) {
  console.error(
    `These files differ from what src/api/v1alpha1 says:\n  ${changed.join("\n  ")}\nRun npm run generate and commit the result.`,
  );
  process.exitCode = 1;
}
