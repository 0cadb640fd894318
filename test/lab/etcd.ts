import { z } from "zod";
import type { Kube } from "./lab.ts";

const status = z.object({ header: z.object({ revision: z.string() }) });

async function ask(kube: Kube, path: string, body: object): Promise<unknown> {
  const { port } = kube.daemons.etcd;
  const response = await fetch(`http://127.0.0.1:${port}/v3/${path}`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`etcd ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** Forgets all history: whoever asks for an older revision is told that it is gone. Source: etcd's gRPC gateway. */
export async function compactEtcd(kube: Kube): Promise<void> {
  const { header } = status.parse(await ask(kube, "maintenance/status", {}));
  await ask(kube, "kv/compaction", { revision: header.revision, physical: true });
}

/** Takes every object of a collection away at once, finalizers or not. For what a measurement made, and nobody follows. */
export async function removeStored(kube: Kube, collection: string): Promise<void> {
  const start = Buffer.from(`/registry/${collection}/`);
  // The first name that is no longer below: "0" follows "/".
  const end = Buffer.from(`/registry/${collection}0`);
  await ask(kube, "kv/deleterange", { key: start.toString("base64"), range_end: end.toString("base64") });
}

const mostInTransaction = 100;

/** Stores objects as the API server would, by their keys below /registry, past all its checks. */
export async function putStored(
  kube: Kube,
  objects: Iterable<readonly [key: string, object: object]>,
): Promise<void> {
  let success: object[] = [];
  const flush = async (): Promise<void> => {
    if (success.length > 0) await ask(kube, "kv/txn", { success });
    success = [];
  };
  for (const [key, object] of objects) {
    const value = Buffer.from(`${JSON.stringify(object)}\n`).toString("base64");
    success.push({ requestPut: { key: Buffer.from(`/registry/${key}`).toString("base64"), value } });
    if (success.length === mostInTransaction) await flush();
  }
  await flush();
}
