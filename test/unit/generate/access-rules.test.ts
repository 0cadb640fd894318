import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { z } from "zod";
import { listRoles } from "../../../scripts/generate/access-rules.ts";
import { definitions } from "../../../src/api/v1alpha1/definitions.ts";

const root = join(import.meta.dirname, "../../..");
const roles = listRoles(definitions);

describe("what the operator may do", () => {
  it("is the same in config and in the chart", async () => {
    const config = parseAllDocuments(await readFile(join(root, "config/rbac/roles.yaml"), "utf8"));
    const chart: unknown = parse(await readFile(join(root, "charts/batchwright/files/roles.yaml"), "utf8"));
    expect(
      config.map((document) => z.object({ kind: z.string(), rules: z.unknown() }).parse(document.toJS())),
    ).toEqual(
      roles.map(({ scope, rules }) => ({ kind: scope === "Cluster" ? "ClusterRole" : "Role", rules })),
    );
    expect(chart).toEqual({ roles });
  });

  it("has no wildcard, and never lists Secrets", () => {
    const rules = roles.flatMap((role) => role.rules);
    expect(
      rules.filter((rule) => [...rule.apiGroups, ...rule.resources, ...rule.verbs].includes("*")),
    ).toEqual([]);
    expect(rules.filter((rule) => rule.resources.includes("secrets")).map(({ verbs }) => verbs)).toEqual([
      ["get"],
    ]);
  });
});

describe("what people are given", () => {
  it("is reading with view, scripts and submissions with edit, and templates with neither", () => {
    const given = roles.filter(({ name }) => name !== "operator");
    expect(
      given.map(({ name, aggregateTo, rules }) => [
        name,
        aggregateTo,
        rules.flatMap(({ resources }) => resources),
      ]),
    ).toEqual([
      ["viewer", "view", ["jobtemplates", "jobscripts", "jobsubmissions"]],
      ["submitter", "edit", ["jobscripts", "jobsubmissions"]],
      ["template-editor", undefined, ["jobtemplates"]],
    ]);
  });
});
