import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { insideRoot, type User } from "../lab/daemons.ts";
import { eventually } from "../lab/eventually.ts";
import { kubectl } from "../lab/kubectl.ts";
import type { ClusterName, Lab } from "../lab/lab.ts";
import { clusterObject, installOperator, mustKubectl, type OperatorSetting } from "../lab/operator.ts";
import { TcpProxy } from "../lab/tcp-proxy.ts";
import { ApiProxy } from "./api-proxy.ts";
import { OperatorHand } from "./operator-hand.ts";

/** Where the jobs' directories are: a file system of its own in each cluster, small enough to be filled. */
export const scratch = "/scratch";
/** A file system with a quota, which a fault mounts and moves work directories to. */
export const limited = { mount: "/limited", directory: "/limited/users" } as const;
/** Every directory that has job directories of alice's, those included that a test moves work to. */
export const roots = [`${scratch}/alice*`, `${limited.directory}/alice`] as const;
const makeScratch = `mkdir -p ${scratch} && if ! mountpoint -q ${scratch}; then mount -t tmpfs -o size=256m,mode=1777 scratch ${scratch}; fi`;

export const clusterNames = ["c1", "c2"] as const;

/** Everything that faults act on: the operator, and the real parts behind proxies. Users come by the API server's own address. */
export interface Scene extends AsyncDisposable {
  readonly lab: Lab;
  readonly namespace: string;
  /** Names of the SlurmClusters; each leads through `ssh`. */
  readonly clusters: Readonly<Record<ClusterName, string>>;
  readonly api: ApiProxy;
  readonly ssh: Readonly<Record<ClusterName, TcpProxy>>;
  readonly operator: OperatorHand;
  /** Jobs that a fault itself sent, as `c1 17`: whether they are over is not the operator's to see to. */
  readonly sentTwice: Set<string>;
  /** What faults themselves found to be wrong; goes into the judgement of their round. */
  readonly complaints: string[];
  /** kubectl as admin in the scene's namespace; tried again while the API server is away. @returns what it printed */
  readonly kubectl: (args: readonly string[], stdin?: string) => Promise<string>;
  /** Shell text in a cluster's root that must succeed. @returns what it printed, trimmed */
  readonly run: (cluster: ClusterName, user: User, text: string) => Promise<string>;
}

/** The longest outage of the API server is a minute. */
const patience = { within: 150_000, every: 500 };

export async function openScene(
  lab: Lab,
  options: { setting?: Omit<OperatorSetting, "api">; spec?: Readonly<Record<string, unknown>> } = {},
): Promise<Scene> {
  await using opened = new AsyncDisposableStack();
  const namespace = `chaos-${randomBytes(4).toString("hex")}`;
  const directory = await mkdtemp(join(lab.state, "chaos-"));
  opened.defer(async () => rm(directory, { recursive: true, force: true }));
  const api = opened.use(await ApiProxy.to(lab.kube, directory));
  const ssh = {
    c1: opened.use(await TcpProxy.to(lab.clusters.c1.ssh.port)),
    c2: opened.use(await TcpProxy.to(lab.clusters.c2.ssh.port)),
  };
  await installOperator(lab);
  await mustKubectl(lab, ["create", "namespace", namespace]);
  const clusters = { c1: `${namespace}-c1`, c2: `${namespace}-c2` };
  const operator = opened.use(new OperatorHand(lab, { ...options.setting, api }));
  const scene: Scene = {
    lab,
    namespace,
    clusters,
    api,
    ssh,
    operator,
    sentTwice: new Set(),
    complaints: [],
    kubectl: async (args, stdin) =>
      eventually(
        async () => ({ out: await mustKubectl(lab, ["-n", namespace, ...args], stdin) }),
        patience,
      ).then(({ out }) => out),
    run: async (cluster, user, text) => {
      const { code, stdout, stderr } = await insideRoot(lab, { cluster, user }, text);
      if (code !== 0) throw new Error(`on ${cluster}: ${text} ended with ${code}: ${stderr}${stdout}`);
      return stdout.trim();
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  for (const on of clusterNames) {
    await scene.run(on, "root", makeScratch);
    await scene.kubectl(["apply", "-f", "-"], JSON.stringify(throughProxy(scene, on, options.spec)));
  }
  const closing = opened.move();
  return {
    ...scene,
    async [Symbol.asyncDispose]() {
      await operator.ensureUp();
      await kubectl(lab, ["delete", "namespace", namespace, "--timeout=120s"], { within: 130_000 });
      await kubectl(lab, ["delete", "slurmcluster", clusters.c1, clusters.c2, "--timeout=60s"], {
        within: 70_000,
      });
      await closing.disposeAsync();
    },
  };
}

/** A SlurmCluster of the scene. @param spec replaces fields of `spec` */
export function throughProxy(
  { lab, namespace, clusters, ssh }: Pick<Scene, "lab" | "namespace" | "clusters" | "ssh">,
  on: ClusterName,
  spec: Readonly<Record<string, unknown>> = {},
): object {
  const { host, port, knownHosts } = lab.clusters[on].ssh;
  const proxied = ssh[on].port;
  return clusterObject(lab, {
    name: clusters[on],
    on,
    namespaces: [namespace],
    spec: {
      ssh: { hosts: [host], port: proxied, knownHosts: knownHosts.replaceAll(`:${port} `, `:${proxied} `) },
      workDirectory: `${scratch}/%u`,
      ...spec,
    },
  });
}
