import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

const file = join(import.meta.dirname, "../../config/manager/deployment.yaml");
const variable = z.object({ name: z.string(), value: z.string().optional() });
const container = z.object({ env: z.array(variable) });
const deployment = z.object({
  spec: z.object({ template: z.object({ spec: z.object({ containers: z.array(container) }) }) }),
});

/** What Node.js is told in the deployment that we ship: tests and measurements get the same memory. */
export async function deployedNodeFlags(): Promise<readonly string[]> {
  const { spec } = deployment.parse(parse(await readFile(file, "utf8")));
  const variables = spec.template.spec.containers.flatMap(({ env }) => env);
  const options = variables.find(({ name }) => name === "NODE_OPTIONS")?.value;
  if (options === undefined) throw new Error(`${file} sets no NODE_OPTIONS`);
  return options.split(" ");
}
