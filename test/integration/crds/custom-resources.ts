import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { customResourceName } from "../../../scripts/generate/custom-resource.ts";
import { definitions } from "../../../src/api/v1alpha1/definitions.ts";
import { kubectl } from "../../lab/kubectl.ts";
import type { Lab } from "../../lab/lab.ts";

export const root = join(import.meta.dirname, "../../..");

/** Runs kubectl; it must succeed. Returns what it printed. */
export async function runKubectl(lab: Lab, args: readonly string[], stdin = ""): Promise<string> {
  const { code, stdout, stderr } = await kubectl(lab, args, { stdin });
  if (code !== 0) throw new Error(`kubectl ${args.join(" ")} ended with ${code}:\n${stderr}`);
  return stdout;
}

/** Applies the CRDs and waits until objects can be made. */
export async function installCustomResources(lab: Lab): Promise<void> {
  await runKubectl(lab, ["apply", "--server-side", "--force-conflicts", "-k", join(root, "crds")]);
  const names = definitions.map((definition) => `crd/${customResourceName(definition)}`);
  await runKubectl(lab, ["wait", "--for=condition=Established", "--timeout=30s", ...names]);
}

/** A namespace of the test's own; it is removed with all that is in it. */
export async function createNamespace(lab: Lab, purpose: string) {
  const name = `crds-${purpose}-${randomBytes(4).toString("hex")}`;
  await runKubectl(lab, ["create", "namespace", name]);
  return {
    name,
    [Symbol.asyncDispose]: async () => {
      await runKubectl(lab, ["delete", "namespace", name, "--wait=false"]);
    },
  };
}
