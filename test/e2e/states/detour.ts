import type { ClusterName } from "../../lab/lab.ts";
import { TcpProxy } from "../../lab/tcp-proxy.ts";
import { extraCluster } from "../cluster-side.ts";
import type { Stage } from "../stage.ts";

/** Another way to a cluster, which can be shut while its jobs go on. */
export interface Detour extends AsyncDisposable {
  /** The SlurmCluster that goes this way. */
  readonly target: string;
  shut(): void;
  open(): Promise<void>;
}

export async function openDetour(stage: Stage, cluster: ClusterName, name: string): Promise<Detour> {
  const { ssh } = stage.lab.clusters[cluster];
  const proxy = await TcpProxy.to(ssh.port);
  const knownHosts = ssh.knownHosts.replace(`:${ssh.port}`, `:${proxy.port}`);
  const target = await extraCluster(stage, name, {
    on: cluster,
    spec: { ssh: { hosts: [ssh.host], port: proxy.port, knownHosts } },
  });
  return {
    target,
    shut() {
      proxy.refuse();
      proxy.cut();
    },
    open: async () => proxy.admit(),
    [Symbol.asyncDispose]: async () => proxy[Symbol.asyncDispose](),
  };
}
