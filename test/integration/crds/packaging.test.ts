import { randomBytes } from "node:crypto";
import { mkdir, mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { stringify } from "yaml";
import { commandOutput, runCommand } from "../../lab/command.ts";
import { kubectl } from "../../lab/kubectl.ts";
import { labCommand } from "../../lab/lab.ts";
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

  it("lets the operator do what it does, and nothing near it", async () => {
    expect(await askForRights(`batchwright${suffix}`, Object.keys(rights))).toEqual(rights);
  });
});

/** Whether the operator's account may: where (its own namespace or another), verb, resource. */
const rights = {
  "other watch jobsubmissions.batchwright.dev": true,
  "other list jobtemplates.batchwright.dev": true,
  "other patch jobsubmissions.batchwright.dev": true,
  "other patch jobsubmissions/status.batchwright.dev": true,
  "other update jobsubmissions/finalizers.batchwright.dev": true,
  "other watch slurmclusters.batchwright.dev": true,
  "other create jobscripts.batchwright.dev": true,
  "other create configmaps": true,
  "other get configmaps": true,
  "other get namespaces": true,
  "other create events": true,
  "other patch events": true,
  "own get secrets": true,
  "own create leases.coordination.k8s.io": true,
  "own patch leases.coordination.k8s.io": true,
  "other get secrets": false,
  "own list secrets": false,
  "own watch secrets": false,
  "other list configmaps": false,
  "other update configmaps": false,
  "other delete configmaps": false,
  "other list namespaces": false,
  "other create jobsubmissions.batchwright.dev": false,
  "other delete jobsubmissions.batchwright.dev": true,
  "other create jobtemplates.batchwright.dev": false,
  "other get leases.coordination.k8s.io": false,
  "other create pods": false,
  "own create rolebindings.rbac.authorization.k8s.io": false,
};

/** The API server's answers, by question. */
async function askForRights(account: string, questions: readonly string[]): Promise<Record<string, boolean>> {
  const documents = questions.map((question) => {
    const [where, verb, target = ""] = question.split(" ");
    const [path = "", ...group] = target.split(".");
    const [resource, subresource] = path.split("/");
    const own = { verb, resource, subresource, group: group.join(".") };
    const resourceAttributes = { ...own, namespace: where === "own" ? namespace : "default" };
    const spec = { user: `system:serviceaccount:${namespace}:${account}`, resourceAttributes };
    return JSON.stringify({ apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview", spec });
  });
  const args = ["create", "--output", 'jsonpath={.status.allowed}{"\\n"}', "--filename", "-"];
  const answers = (await runKubectl(lab, args, documents.join("\n---\n"))).split("\n");
  return Object.fromEntries(questions.map((question, index) => [question, answers[index] === "true"]));
}

// helm takes minutes to build the first time, and nothing else in the lab needs it.
describe.runIf(process.env["BATCHWRIGHT_FULL"] === "1")("the chart", () => {
  const buildLimitMs = 1_800_000;
  let program: string;
  beforeAll(async () => {
    const told = await commandOutput(labCommand, ["build", "helm"], { within: buildLimitMs });
    program = /helm is at (\S+)$/m.exec(told)?.[1] ?? "helm";
  }, buildLimitMs);
  const helm = async (...args: readonly string[]) => runCommand(program, args);
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
