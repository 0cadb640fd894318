import { readFile } from "node:fs/promises";
import { commandOutput, runCommand, type CommandOptions, type Outcome } from "./command.ts";
import type { Kube } from "./lab.ts";

type WithKube = { readonly kube: Kube };

/** Runs the lab's kubectl as admin. */
export const kubectl = async (
  { kube }: WithKube,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Outcome> => runCommand(kube.kubectl, ["--kubeconfig", kube.kubeconfig, ...args], options);

export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

/** A bearer token of a service account, valid for an hour. */
export async function mintToken({ kube }: WithKube, account: ServiceAccount): Promise<string> {
  const { namespace, name } = account;
  const args = ["--kubeconfig", kube.kubeconfig, "--namespace", namespace, "create", "token", name];
  return (await commandOutput(kube.kubectl, args)).trim();
}

/**
 * The text of a kubeconfig with which a program acts as a service account.
 * `proxy` stands for the API server: its address on 127.0.0.1, and the PEM of whom to trust there.
 */
export async function serviceAccountKubeconfig(
  lab: WithKube,
  account: ServiceAccount,
  proxy?: { readonly url: string; readonly authority: string },
): Promise<string> {
  const server = proxy?.url ?? lab.kube.server;
  const authority = Buffer.from(proxy?.authority ?? (await readFile(lab.kube.caCertificate, "utf8")));
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "lab",
    clusters: [
      { name: "lab", cluster: { server, "certificate-authority-data": authority.toString("base64") } },
    ],
    users: [{ name: account.name, user: { token: await mintToken(lab, account) } }],
    contexts: [
      { name: "lab", context: { cluster: "lab", user: account.name, namespace: account.namespace } },
    ],
  });
}
