import { z } from "zod";
import type { ConfigMapContent, ConfigMaps } from "../../core/template/config-maps.ts";
import type { KubeClient } from "../../kube/client.ts";
import { keyOf } from "../../kube/key.ts";
import { configMaps } from "../resources.ts";

const content = z.object({
  data: z.record(z.string(), z.string()).default({}),
  binaryData: z.record(z.string(), z.string()).default({}),
});

/**
 * Reads ConfigMaps by name. They are not watched: a watch would hold the content of every ConfigMap of the cluster, and RBAC would
 * have to grant them all. Whoever waits for one looks again each `configMapRecheckMs`.
 */
export async function readConfigMaps(
  client: KubeClient,
  from: { namespace: string | undefined; names: readonly string[] },
  signal: AbortSignal,
): Promise<ConfigMaps> {
  const found = await Promise.all(
    from.names.map(async (name): Promise<[string, ConfigMapContent | undefined]> => {
      const key = keyOf({ namespace: from.namespace, name });
      return [name, await client.find(configMaps, key, content, { signal })];
    }),
  );
  return new Map(found.flatMap(([name, map]) => (map === undefined ? [] : [[name, map] as const])));
}

/** How long a ConfigMap that came may go unnoticed by what waits for it, and a changed one by what was wrong with it. */
export const configMapRecheckMs = 60_000;

/** How long a ConfigMap that went or became wrong may go unnoticed by a template that was in order. */
export const configMapReviewMs = 600_000;
