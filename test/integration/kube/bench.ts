import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { inject } from "vitest";
import { type KubeClient, openKubeClient } from "../../../src/kube/client.ts";
import { type Key, keyOf } from "../../../src/kube/key.ts";
import { type KubeObject, kubeObject } from "../../../src/kube/metadata.ts";
import type { FinishedRequest } from "../../../src/kube/metrics.ts";
import type { Resource } from "../../../src/kube/resource.ts";
import { type Kube, type PartialLab } from "../../lab/lab.ts";
import { TcpProxy } from "../../lab/tcp-proxy.ts";

export const configMaps: Resource = {
  group: "",
  version: "v1",
  plural: "configmaps",
  kind: "ConfigMap",
  namespaced: true,
};
export const namespaces: Resource = {
  group: "",
  version: "v1",
  plural: "namespaces",
  kind: "Namespace",
  namespaced: false,
};

/** The lab as far as these tests need it: an API server and etcd. */
export function kubeLab(): PartialLab & { kube: Kube } {
  return inject("lab");
}

export const silent = pino({ level: process.env["TEST_LOG_LEVEL"] ?? "silent" });

/** A client of the real API server that passes through a proxy, with a namespace of its own. Disposing takes all away. */
export interface Bench extends AsyncDisposable {
  readonly client: KubeClient;
  readonly proxy: TcpProxy;
  readonly namespace: string;
  /** Every exchange of `client` with the API server. */
  readonly requests: readonly FinishedRequest[];
  /** Straight to the API server, for what the test itself does. */
  readonly direct: KubeClient;
  readonly key: (name: string) => Key;
  readonly put: (name: string, data: Readonly<Record<string, string>>) => Promise<KubeObject>;
  readonly remove: (name: string) => Promise<void>;
}

export async function openBench(): Promise<Bench> {
  const { kube } = kubeLab();
  const folder = await mkdtemp(join(tmpdir(), "kube-bench-"));
  const proxy = await TcpProxy.to(kube.port);
  const throughProxy = join(folder, "kubeconfig");
  const admin = await readFile(kube.kubeconfig, "utf8");
  await writeFile(throughProxy, admin.replace(kube.server, `https://127.0.0.1:${proxy.port}`));
  const requests: FinishedRequest[] = [];
  const client = openKubeClient({
    source: { is: "kubeconfig", path: throughProxy },
    logger: silent,
    metrics: { requestFinished: (request) => requests.push(request), connectionsChanged: () => undefined },
  });
  const direct = openKubeClient({ source: { is: "kubeconfig", path: kube.kubeconfig }, logger: silent });
  const namespace = `bench-${randomUUID().slice(0, 8)}`;
  await direct.create(namespaces, { object: { metadata: { name: namespace } } }, kubeObject);
  const key = (name: string): Key => keyOf({ namespace, name });
  return {
    client,
    proxy,
    namespace,
    requests,
    direct,
    key,
    put: async (name, data) =>
      direct.apply(
        configMaps,
        key(name),
        { object: { data }, fieldManager: "test", force: true },
        kubeObject,
      ),
    remove: async (name) => direct.delete(configMaps, key(name)),
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
      await direct.delete(namespaces, keyOf({ name: namespace })).catch(() => undefined);
      await direct[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}
