import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { parse } from "yaml";
import { installOperator, startOperator, type RunningOperator } from "../lab/operator.ts";
import { openStage, type Stage } from "./stage.ts";

const lab = inject("lab");
const example = join(import.meta.dirname, "../../examples/silicon");
let operator: RunningOperator;
let stage: Stage;

beforeAll(async () => {
  await installOperator(lab);
  operator = await startOperator(lab);
  stage = await openStage(lab);
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await operator[Symbol.asyncDispose]();
});

/** The example as it is, on a cluster of the stage and with a results directory of its own. */
async function exampleSubmission(file: string): Promise<object> {
  const text = await readFile(join(example, file), "utf8");
  const object: unknown = parse(
    text.replaceAll("silicon/demo", stage.namespace).replace("name: c1", `name: ${stage.clusters.c1}`),
  );
  if (typeof object !== "object" || object === null) throw new Error(`${file} holds no object`);
  return object;
}

test(
  "seven volumes of silicon become a lattice constant and a bulk modulus",
  { timeout: 300_000 },
  async () => {
    await stage.kubectl("apply", "-k", example);
    // The fit first: it waits for what it depends on.
    await stage.apply(await exampleSubmission("eos.yaml"));
    await stage.apply(await exampleSubmission("scf.yaml"));
    await stage.kubectl("wait", "jobsubmission/silicon-eos", "--for=condition=Succeeded", "--timeout=270s");
    const scf = await stage.submission("silicon-scf");
    expect(scf.status.array).toEqual({
      tasks: 7,
      states: [{ state: "COMPLETED", count: 7, indexes: "0-6" }],
      updatedAt: expect.any(String),
    });
    const { status } = await stage.submission("silicon-eos");
    const outputs = Object.fromEntries((status.outputs ?? []).map(({ name, value }) => [name, value]));
    // Quantum ESPRESSO with this pseudopotential, cutoff and mesh; the last digits move with the library's rounding.
    expect(Number(outputs["lattice_constant"])).toBeCloseTo(5.4015, 2);
    expect(Number(outputs["bulk_modulus"])).toBeGreaterThan(93);
    expect(Number(outputs["bulk_modulus"])).toBeLessThan(96);
  },
);
