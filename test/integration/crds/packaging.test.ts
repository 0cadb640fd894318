import { randomBytes } from "node:crypto";
import { mkdir, mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { stringify } from "yaml";
import { runCommand } from "../../lab/command.ts";
import { kubectl } from "../../lab/kubectl.ts";
import { createNamespace, installCustomResources, root, runKubectl } from "./custom-resources.ts";

const lab = inject("lab");
const tools = new AsyncDisposableStack();
let namespace: string;
let folder: string;
beforeAll(async () => {
  await installCustomResources(lab);
  namespace = tools.use(await createNamespace(lab, "packaging")).name;
  // Pod Security warns of everything that a restricted namespace would refuse.
  await runKubectl(lab, ["label", "namespace", namespace, "pod-security.kubernetes.io/warn=restricted"]);
  folder = tools.use(await mkdtempDisposable(join(tmpdir(), "batchwright-packaging-"))).path;
});
afterAll(() => tools.disposeAsync());

/** A kustomization over one of ours, so that no other installation in this lab is touched. Returns its folder. */
async function writeOverlay(base: string, changes: object): Promise<string> {
  const path = join(folder, base);
  await mkdir(path, { recursive: true });
  const head = { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization" };
  const content = { ...head, resources: [relative(path, join(root, base))], namespace, ...changes };
  await writeFile(join(path, "kustomization.yaml"), stringify(content));
  return path;
}

const dryRun = ["apply", "--server-side", "--force-conflicts", "--dry-run=server", "--output", "name"];

/** What an installation is made of, beside the CRDs. */
const parts = (name: string) => [
  `clusterrole.rbac.authorization.k8s.io/${name}-operator`,
  `clusterrole.rbac.authorization.k8s.io/${name}-submitter`,
  `clusterrole.rbac.authorization.k8s.io/${name}-template-editor`,
  `clusterrole.rbac.authorization.k8s.io/${name}-viewer`,
  `clusterrolebinding.rbac.authorization.k8s.io/${name}-operator`,
  `deployment.apps/${name}`,
  `role.rbac.authorization.k8s.io/${name}-operator`,
  `rolebinding.rbac.authorization.k8s.io/${name}-operator`,
  `serviceaccount/${name}`,
];

const customResources = ["jobscripts", "jobsubmissions", "jobtemplates", "slurmclusters"].map(
  (plural) => `customresourcedefinition.apiextensions.k8s.io/${plural}.batchwright.dev`,
);

describe("config/default", () => {
  it("is taken whole by the API server, without a warning of Pod Security", async () => {
    const path = await writeOverlay("config/default", {});
    const { stdout, stderr } = await kubectl(lab, [...dryRun, "--kustomize", path]);
    expect({ stderr, applied: stdout.trim().split("\n").sort() }).toEqual({
      stderr: "",
      applied: [...customResources, ...parts("batchwright"), `namespace/${namespace}`].sort(),
    });
  });
});

describe("config/rbac", () => {
  const suffix = `-${randomBytes(4).toString("hex")}`;
  beforeAll(async () => {
    const path = await writeOverlay("config/rbac", { nameSuffix: suffix });
    await runKubectl(lab, ["apply", "--server-side", "--kustomize", path]);
    return async () => {
      await runKubectl(lab, ["delete", "--wait=false", "--kustomize", path]);
    };
  });

  /** Whether the operator's account may do it: in its own namespace, or in any other. */
  const mayOperator = async (where: "own" | "other", words: string): Promise<boolean> => {
    const account = `system:serviceaccount:${namespace}:batchwright${suffix}`;
    const place = ["--namespace", where === "own" ? namespace : "default"];
    const { stdout } = await kubectl(lab, ["auth", "can-i", ...words.split(" "), ...place, "--as", account]);
    return stdout.trim() === "yes";
  };

  it.each([
    ["other", "watch jobsubmissions.batchwright.dev"],
    ["other", "list jobtemplates.batchwright.dev"],
    ["other", "patch jobsubmissions.batchwright.dev"],
    ["other", "patch jobsubmissions.batchwright.dev --subresource=status"],
    ["other", "watch slurmclusters.batchwright.dev"],
    ["other", "create jobscripts.batchwright.dev"],
    ["other", "create configmaps"],
    ["other", "get configmaps"],
    ["other", "get namespaces"],
    ["other", "create events.events.k8s.io"],
    ["own", "get secrets"],
    ["own", "create leases.coordination.k8s.io"],
    ["own", "patch leases.coordination.k8s.io"],
  ] as const)("lets the operator, in its %s namespace: %s", async (where, words) => {
    expect(await mayOperator(where, words)).toBe(true);
  });

  it.each([
    ["other", "get secrets"],
    ["own", "list secrets"],
    ["own", "watch secrets"],
    ["other", "list configmaps"],
    ["other", "update configmaps"],
    ["other", "delete configmaps"],
    ["other", "create jobsubmissions.batchwright.dev"],
    ["other", "delete jobsubmissions.batchwright.dev"],
    ["other", "create jobtemplates.batchwright.dev"],
    ["other", "get leases.coordination.k8s.io"],
    ["other", "create pods"],
    ["own", "create rolebindings.rbac.authorization.k8s.io"],
  ] as const)("does not let the operator, in its %s namespace: %s", async (where, words) => {
    expect(await mayOperator(where, words)).toBe(false);
  });
});

// helm is in the lab only where it was asked for: test/lab/lab up node.
describe.runIf(process.env["BATCHWRIGHT_FULL"] === "1")("the chart", () => {
  const helm = async (...args: readonly string[]) =>
    runCommand(join(dirname(lab.kube.kubectl), "helm"), args);
  const chart = join(root, "charts/batchwright");
  const render = async (...args: readonly string[]) =>
    helm("template", "trial", chart, "--namespace", namespace, "--kube-version", "1.34.0", ...args);

  it("passes helm lint", async () => {
    expect(await helm("lint", "--strict", chart)).toMatchObject({ code: 0 });
  });

  it.each([
    ["as it is", []],
    ["with everything set", ["--values", join(import.meta.dirname, "chart-values.yaml")]],
  ])("is taken whole by the API server %s, without a warning of Pod Security", async (_, args) => {
    const { stdout: manifests } = await render(...args);
    const { stdout, stderr } = await kubectl(lab, [...dryRun, "--filename", "-"], { stdin: manifests });
    const name = args.length === 0 ? "trial-batchwright" : "bw";
    expect({ stderr, applied: stdout.trim().split("\n").sort() }).toEqual({
      stderr: "",
      applied: [...customResources, ...parts(name)].sort(),
    });
  });

  it("leaves the CRDs at uninstallation, or out from the start", async () => {
    const { stdout: kept } = await render();
    const { stdout: given } = await render("--set", "crds.keep=false");
    const { stdout: none } = await render("--set", "crds.enabled=false");
    const count = (text: string, word: RegExp) => text.match(word)?.length ?? 0;
    expect(
      [kept, given, none].map((text) => ({
        crds: count(text, /^kind: CustomResourceDefinition$/gm),
        kept: count(text, /helm\.sh\/resource-policy: keep/g),
      })),
    ).toEqual([
      { crds: 4, kept: 4 },
      { crds: 4, kept: 0 },
      { crds: 0, kept: 0 },
    ]);
  });

  it("refuses a value that it does not know", async () => {
    const { code, stderr } = await render("--set", "replica=2");
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining("additional properties 'replica' not allowed"),
    });
  });
});
