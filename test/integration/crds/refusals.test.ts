import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { buildCustomResource } from "../../../scripts/generate/custom-resource.ts";
import { listRules } from "../../../scripts/generate/field-list.ts";
import { definitions } from "../../../src/api/v1alpha1/definitions.ts";
import { createNamespace, installCustomResources } from "./custom-resources.ts";
import { openDryRun, type Question } from "./dry-run.ts";
import { jobScriptRows } from "./job-script-rows.ts";
import { jobSubmissionRows } from "./job-submission-rows.ts";
import { jobTemplateRows } from "./job-template-rows.ts";
import { broken, isByRule } from "./row.ts";
import { slurmClusterRows } from "./slurm-cluster-rows.ts";

const lab = inject("lab");
const table = [jobTemplateRows, jobScriptRows, jobSubmissionRows, slurmClusterRows];

const tools = new AsyncDisposableStack();
let namespace: string;
let ask: (question: Question) => Promise<string>;
beforeAll(async () => {
  await installCustomResources(lab);
  namespace = tools.use(await createNamespace(lab, "refusals")).name;
  ask = tools.use(await openDryRun(lab)).ask;
});
afterAll(() => tools.disposeAsync());

describe.each(table)("the API server, asked for a $definition.kind", ({ definition, rows }) => {
  it.each(rows)("$what", async (row) => {
    const { name = "row", spec, refusal = "" } = row;
    expect(await ask({ definition, namespace, name, spec })).toBe(refusal);
    // The operator reads with the same schema: what the API server keeps out by type or bound, zod does not read either.
    expect(definition.spec.safeParse(spec).success).toBe(refusal === "" || isByRule(row));
  });
});

describe("the table", () => {
  it("has a row for every rule of every kind that can be broken by creating an object", () => {
    const met = new Set(
      table.flatMap(({ definition, rows }) =>
        rows.flatMap(({ refusal = "" }) =>
          refusal.split("\n").map((cause) => `${definition.kind} ${cause.replaceAll(/\[\d+\]/g, "[]")}`),
        ),
      ),
    );
    const missing = definitions
      .flatMap((definition) => {
        const { openAPIV3Schema } = buildCustomResource(definition).spec.versions[0].schema;
        return listRules("", openAPIV3Schema)
          .filter(({ rule }) => !rule.includes("oldSelf"))
          .map(({ pointsTo, message }) => `${definition.kind} ${broken(pointsTo, message)}`);
      })
      .filter((rule) => !met.has(rule));
    expect(missing).toEqual([]);
  });
});
