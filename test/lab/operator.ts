import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { eventually } from "./eventually.ts";
import { kubectl, serviceAccountKubeconfig } from "./kubectl.ts";
import type { Lab } from "./lab.ts";
import { deployedNodeFlags } from "./node-flags.ts";

/** Where the operator and the Secrets of its logins are. */
export const systemNamespace = "batchwright-system";
const root = join(import.meta.dirname, "../..");
const readyWithin = 60_000;

/** The operator as a process of its own, with the rights of the shipped roles and no others. */
export interface RunningOperator extends AsyncDisposable {
  readonly pid: number;
  readonly metricsPort: number;
  /** Ends it so, and returns when it has ended. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Everything that it wrote. */
  logs(): Promise<string>;
  /** Prometheus text. */
  metrics(): Promise<string>;
}

/** CRDs, roles and the Secrets of the lab's users, as an admin installs them. Twice is harmless. */
export async function installOperator(lab: Lab): Promise<void> {
  const apply = async (args: readonly string[], stdin?: string) =>
    mustKubectl(lab, ["apply", "--server-side", "--force-conflicts", ...args], stdin);
  await apply(["-k", join(root, "config/crd")]);
  await apply(["-f", join(root, "config/manager/namespace.yaml")]);
  await apply(["-n", systemNamespace, "-k", join(root, "config/rbac")]);
  await mustKubectl(lab, ["wait", "--for=condition=Established", "--timeout=60s", "crd", "--all"]);
  for (const user of ["alice", "bob"] as const) {
    const key = await readFile(lab.clusters.c1.users[user].keyFile);
    await apply(["-f", "-"], JSON.stringify(secretOf(user, key)));
  }
}

const secretOf = (name: string, key: Buffer): object => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, namespace: systemNamespace },
  data: { "ssh-privatekey": key.toString("base64") },
});

/** Where it comes from and whom it talks to, if not this source and the API server itself. */
export interface OperatorSetting {
  /** Another copy of the repository's `src`. */
  readonly sourceRoot?: string;
  /** A proxy before the API server, and the PEM of whom to trust. */
  readonly api?: { readonly url: string; readonly authority: string };
  /** Set beside the test's own environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts it and returns when it is ready. */
export async function startOperator(
  lab: Lab,
  flags: readonly string[] = [],
  { sourceRoot = join(root, "src"), api, environment = {} }: OperatorSetting = {},
): Promise<RunningOperator> {
  // Below the lab's state, so that it goes with the lab also if the operator is killed and nobody tidies up.
  const directory = await mkdtemp(join(lab.state, "operator-"));
  const kubeconfig = join(directory, "kubeconfig");
  await writeFile(
    kubeconfig,
    await serviceAccountKubeconfig(lab, { namespace: systemNamespace, name: "batchwright" }, api),
    { mode: 0o600 },
  );
  const [metricsPort, healthPort] = [await freePort(), await freePort()];
  const log = await open(join(directory, "log"), "a");
  const words = [
    "--kubeconfig",
    kubeconfig,
    "--metrics-bind-address",
    `127.0.0.1:${metricsPort}`,
    "--health-probe-bind-address",
    `127.0.0.1:${healthPort}`,
    ...flags,
  ];
  const child = spawn(
    process.execPath,
    [...(await deployedNodeFlags()), join(sourceRoot, "main.ts"), ...words],
    {
      stdio: ["ignore", log.fd, log.fd],
      env: { ...process.env, ...environment },
    },
  );
  await log.close();
  const ended = once(child, "exit");
  const logs = async () => readFile(join(directory, "log"), "utf8");
  const { pid } = child;
  if (pid === undefined) throw new Error("the operator did not start");
  const kill = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  try {
    await eventually(
      async () =>
        child.exitCode === null ? (await fetch(`http://127.0.0.1:${healthPort}/readyz`)).ok : true,
      { within: readyWithin },
    );
    if (child.exitCode !== null) throw new Error(`the operator ended with ${child.exitCode}`);
  } catch (cause) {
    await kill("SIGKILL");
    throw new Error(`the operator is not ready; its log:\n${(await logs()).slice(-4000)}`, { cause });
  }
  return {
    pid,
    metricsPort,
    kill,
    logs,
    metrics: async () => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text(),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) await kill("SIGTERM");
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export interface ClusterOptions {
  readonly name: string;
  readonly on: "c1" | "c2";
  readonly namespaces: readonly string[];
  readonly user?: "alice" | "bob";
  /** Replaces fields of `spec`. */
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** A SlurmCluster that leads to one of the lab's, polled once a second. */
export function clusterObject(lab: Lab, options: ClusterOptions): object {
  const { ssh } = lab.clusters[options.on];
  const user = options.user ?? "alice";
  const login = { user, credentialsSecretRef: { name: user } };
  return {
    apiVersion: "batchwright.dev/v1alpha1",
    kind: "SlurmCluster",
    metadata: { name: options.name },
    spec: {
      ssh: { hosts: [ssh.host], port: ssh.port, knownHosts: ssh.knownHosts },
      workDirectory: "/home/%u/batchwright",
      observer: login,
      polling: { intervalSeconds: 1, floorSeconds: 1 },
      tenants: [{ name: "tests", namespaces: options.namespaces, login }],
      ...options.spec,
    },
  };
}

/** kubectl that must succeed; returns what it printed. */
export async function mustKubectl(lab: Lab, args: readonly string[], stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await kubectl(lab, args, {
    within: 120_000,
    ...(stdin === undefined ? {} : { stdin }),
  });
  if (code !== 0) throw new Error(`kubectl ${args.join(" ")} ended with ${code}:\n${stderr}${stdout}`);
  return stdout;
}
