import { z } from "zod";
import { kubeLab } from "../kube/bench.ts";

const status = z.object({ header: z.object({ revision: z.string() }) });

async function ask(path: string, body: object): Promise<unknown> {
  const { port } = kubeLab().kube.daemons.etcd;
  const response = await fetch(`http://127.0.0.1:${port}/v3/${path}`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`etcd ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** Forgets all history: whoever asks for an older revision is told that it is gone. Source: etcd's gRPC gateway. */
export async function compactEtcd(): Promise<void> {
  const { header } = status.parse(await ask("maintenance/status", {}));
  await ask("kv/compaction", { revision: header.revision, physical: true });
}
