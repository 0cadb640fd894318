import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from "vitest";
import { customResourceName } from "../../../scripts/generate/custom-resource.ts";
import { definitions } from "../../../src/api/v1alpha1/definitions.ts";
import { kubectl } from "../../lab/kubectl.ts";
import { createNamespace, installCustomResources, root, runKubectl } from "./custom-resources.ts";

const lab = inject("lab");
const tools = new AsyncDisposableStack();
let namespace: string;
beforeAll(async () => {
  await installCustomResources(lab);
  namespace = tools.use(await createNamespace(lab, "installation")).name;
});
afterAll(() => tools.disposeAsync());

/** An example as somebody would apply it, in the test's own namespace, kept by nobody. */
async function applyExample(example: Readonly<Record<string, unknown>>): Promise<unknown> {
  const metadata = { ...(example["metadata"] as object), namespace };
  const args = ["apply", "--server-side", "--dry-run=server", "--output", "json", "--filename", "-"];
  return JSON.parse(await runKubectl(lab, args, JSON.stringify({ ...example, metadata })));
}

describe("the CRDs", () => {
  it.each(definitions)(
    "take the $kind that the reference page shows, and give it an unseen status",
    async (definition) => {
      expect(await applyExample(definition.example)).toMatchObject({
        kind: definition.kind,
        spec: definition.example["spec"],
        status: definition.initialStatus,
      });
    },
  );

  it.each([
    ["file by file", ["--filename", "crds"]],
    ["as a kustomization", ["--kustomize", "crds"]],
    ["as the kustomization in config", ["--kustomize", "config/crd"]],
  ])("can be applied %s, also without server-side apply", async (_, [option = "", path = ""]) => {
    const target =
      option === "--filename"
        ? definitions.map(({ plural }) => `crds/batchwright.dev_${plural}.yaml`)
        : [path];
    const files = target.flatMap((one) => [option, join(root, one)]);
    const serverSide = await runKubectl(lab, [
      "apply",
      "--server-side",
      "--force-conflicts",
      "--output",
      "name",
      ...files,
    ]);
    // The annotation that client-side apply writes holds the whole object, 262,144 bytes at most.
    const clientSide = await runKubectl(lab, [
      "create",
      "--dry-run=client",
      "--save-config",
      "--output",
      "name",
      ...files,
    ]);
    const names = definitions.map(
      (definition) => `customresourcedefinition.apiextensions.k8s.io/${customResourceName(definition)}`,
    );
    expect(serverSide.trim().split("\n").sort()).toEqual(names.sort());
    expect(clientSide.trim().split("\n").sort()).toEqual(names.sort());
  });

  it.each(definitions)("explain each field of a $kind", async ({ plural, description }) => {
    const text = await runKubectl(lab, ["explain", plural, "--recursive"]);
    expect(text.replaceAll(/\s+/g, " ")).toContain(description);
    expect(text).toContain("observedGeneration");
  });

  it.each(definitions)("show a $kind under its short name in the columns of its page", async (definition) => {
    const own = ["--namespace", namespace];
    const { example, shortNames, columns } = definition;
    const [shortName = ""] = shortNames;
    // The namespace's name is the object's too, which keeps cluster-scoped ones apart from everybody else's.
    const metadata = { name: namespace, namespace };
    await runKubectl(lab, ["create", "--filename", "-"], JSON.stringify({ ...example, metadata }));
    onTestFinished(async () => {
      await runKubectl(lab, ["delete", shortName, namespace, ...own]);
    });
    const [header = ""] = (
      await runKubectl(lab, ["get", shortName, namespace, "--output", "wide", ...own])
    ).split("\n");
    expect(header.trim().split(/\s+/)).toEqual(["NAME", ...columns.map(({ name }) => name.toUpperCase())]);
  });

  it("list all our kinds under one category", async () => {
    const listed = await runKubectl(lab, [
      "api-resources",
      "--categories",
      "batchwright",
      "--output",
      "name",
    ]);
    expect(listed.trim().split("\n")).toEqual(definitions.map((one) => customResourceName(one)).sort());
  });

  it("do not know a field that is not built: a strict client is told so", async () => {
    const [first] = definitions;
    const object = { ...first?.example, metadata: { name: "unknown-field", namespace } };
    const spec = { ...(first?.example["spec"] as object), delimiters: "percent" };
    const args = ["create", "--validate=strict", "--filename", "-"];
    const { code, stderr } = await kubectl(lab, args, { stdin: JSON.stringify({ ...object, spec }) });
    expect({ code, stderr: stderr.trim() }).toEqual({
      code: 1,
      stderr:
        'Error from server (BadRequest): error when creating "STDIN": JobTemplate in version "v1alpha1" cannot be handled as a JobTemplate: strict decoding error: unknown field "spec.delimiters"',
    });
  });
});
