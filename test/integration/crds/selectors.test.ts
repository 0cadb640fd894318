import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { apiVersion } from "../../../src/api/group.ts";
import { definitions } from "../../../src/api/v1alpha1/definitions.ts";
import { createNamespace, installCustomResources, runKubectl } from "./custom-resources.ts";

const lab = inject("lab");
const tools = new AsyncDisposableStack();
let namespace: string;
beforeAll(async () => {
  await installCustomResources(lab);
  namespace = tools.use(await createNamespace(lab, "selectors")).name;
  await createSubmission("fresh", { script: { name: "one" } }, "c1");
  await createSubmission("running", { template: { name: "two" } }, "c2");
  await createSubmission("over", { script: { name: "one" } }, "c2");
  await setSpec("over", { archived: true, ttlSecondsAfterFinished: 60 });
  await setSpec("running", { archived: false, ttlSecondsAfterFinished: 60 });
  await setStatus("running", {
    observedGeneration: 1,
    phase: "Submitted",
    finished: "false",
    state: "RUNNING",
  });
  await setStatus("over", { observedGeneration: 1, phase: "Done", finished: "true", state: "COMPLETED" });
});
afterAll(() => tools.disposeAsync());

async function createSubmission(name: string, from: object, cluster: string): Promise<void> {
  const spec = { from, target: { slurm: { name: cluster } } };
  const object = { apiVersion, kind: "JobSubmission", metadata: { name, namespace }, spec };
  await runKubectl(lab, ["create", "--filename", "-"], JSON.stringify(object));
}

async function setSpec(name: string, spec: object): Promise<void> {
  const patch = ["--type", "merge", "--patch", JSON.stringify({ spec })];
  await runKubectl(lab, ["patch", "jsub", name, "--namespace", namespace, ...patch]);
}

async function setStatus(name: string, status: object): Promise<void> {
  const patch = ["--subresource", "status", "--type", "merge", "--patch", JSON.stringify({ status })];
  await runKubectl(lab, ["patch", "jsub", name, "--namespace", namespace, ...patch]);
}

async function select(selector: string): Promise<string[]> {
  const args = ["get", "jsub", "--namespace", namespace, "--field-selector", selector, "--output", "name"];
  return (await runKubectl(lab, args)).split("\n").flatMap((line) => line.split("/")[1] ?? []);
}

describe("a submission is found", () => {
  it.each([
    ["status.finished!=true", ["fresh", "running"]],
    ["status.finished=true", ["over"]],
    ["status.phase=Created", ["fresh"]],
    ["status.state=RUNNING", ["running"]],
    ["spec.target.slurm.name=c2", ["over", "running"]],
    ["spec.from.script.name=one", ["fresh", "over"]],
    ["spec.from.template.name=two", ["running"]],
    ["status.finished!=true,spec.target.slurm.name=c2", ["running"]],
    ["spec.archived!=true", ["fresh", "running"]],
    ["spec.archived=true", ["over"]],
    ["status.finished=true,spec.ttlSecondsAfterFinished!=", ["over"]],
  ])("by %s", async (selector, names) => {
    expect(await select(selector)).toEqual(names);
  });

  it.each(
    definitions.flatMap(({ plural, selectableFields }) =>
      selectableFields.map((path) => [plural, path.slice(1)]),
    ),
  )("among %s by the field %s", async (plural = "", field = "") => {
    const args = [
      "get",
      plural,
      "--namespace",
      namespace,
      "--field-selector",
      `${field}=nobody`,
      "--output",
      "name",
    ];
    expect(await runKubectl(lab, args)).toBe("");
  });

  it("by the operator's watch until it is finished, which the watch tells as a deletion, with the status of before", async () => {
    await createSubmission("watched", { script: { name: "one" } }, "c1");
    const path = `/apis/${apiVersion}/namespaces/${namespace}/jobsubmissions`;
    const listed = await runKubectl(lab, ["get", "--raw", path]);
    const { metadata } = JSON.parse(listed) as { metadata: { resourceVersion: string } };
    await setStatus("watched", { observedGeneration: 1, phase: "Done", finished: "true" });
    const query = `watch=true&fieldSelector=status.finished!=true&timeoutSeconds=1&resourceVersion=${metadata.resourceVersion}`;
    const events = (await runKubectl(lab, ["get", "--raw", `${path}?${query}`])).trim().split("\n");
    expect(events.map((event) => JSON.parse(event) as unknown)).toEqual([
      expect.objectContaining({
        type: "DELETED",
        // Never to be read as the object's end.
        object: expect.objectContaining({ status: expect.objectContaining({ finished: "false" }) }),
      }),
    ]);
  });
});

describe("a fresh object", () => {
  it("is not taken for one that was looked at: no generation is observed", async () => {
    const args = ["get", "jsub", "fresh", "--namespace", namespace, "--output", "json"];
    const { metadata, status } = JSON.parse(await runKubectl(lab, args)) as {
      metadata: { generation: number };
      status: unknown;
    };
    expect({ generation: metadata.generation, status }).toEqual({
      generation: 1,
      status: { observedGeneration: -1, phase: "Created", finished: "false" },
    });
  });
});
