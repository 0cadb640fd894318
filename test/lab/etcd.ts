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
