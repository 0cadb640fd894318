import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { JobScript, JobSubmission, JobTemplate, SlurmCluster } from "../../../src/models/index.ts";
import { createNamespace, installCustomResources, runKubectl } from "./custom-resources.ts";

const lab = inject("lab");
const tools = new AsyncDisposableStack();
let namespace: string;
beforeAll(async () => {
  await installCustomResources(lab);
  namespace = tools.use(await createNamespace(lab, "models")).name;
});
afterAll(() => tools.disposeAsync());

const models = [
  new JobTemplate({
    metadata: { name: "greeting" },
    spec: {
      parameters: [{ name: "who", type: "String", default: "world" }],
      entrypoint: { name: "hello.sh", text: "#!/bin/sh\necho hello {{ who | sh }}\n" },
    },
  }),
  new JobScript({ metadata: { name: "hello" }, spec: { from: { template: { name: "greeting" } } } }),
  new JobSubmission({
    metadata: { name: "hello" },
    spec: { from: { script: { name: "hello" } }, target: { slurm: { name: "c1" } } },
  }),
  new SlurmCluster({
    metadata: { name: "c1" },
    spec: {
      ssh: { hosts: ["login"], knownHosts: "login ssh-ed25519 AAAA\n" },
      workDirectory: "/home/%u",
      observer: { user: "alice", credentialsSecretRef: { name: "alice" } },
    },
  }),
];

describe("an object written in TypeScript", () => {
  it.each(models)("is one that the API server takes: $kind", async (model) => {
    model.validate();
    const args = ["apply", "--server-side", "--dry-run=server", "--namespace", namespace];
    const applied = await runKubectl(
      lab,
      [...args, "--output", "json", "--filename", "-"],
      JSON.stringify(model),
    );
    expect(JSON.parse(applied)).toMatchObject({ kind: model.kind, spec: model.spec });
  });
});
