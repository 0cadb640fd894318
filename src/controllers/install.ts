import { randomInt } from "node:crypto";
import { z } from "zod";
import type { KubeClient } from "../kube/client.ts";
import { AlreadyExistsError } from "../kube/errors.ts";
import { keyOf } from "../kube/key.ts";
import { configMaps } from "./resources.ts";

const name = "batchwright-install";
const stored = z.object({
  data: z.object({ id: z.string().regex(/^[a-z0-9]{1,20}$/, "is letters and digits") }),
});
const idLength = 8;
const letters = "abcdefghijkmnpqrstuvwxyz23456789";

/**
 * The id of this installation, part of every token: two installations that send to one cluster never take each other's jobs for their own.
 * Made once and kept in an immutable ConfigMap; whoever moves the objects to another Kubernetes cluster moves it too.
 */
export async function readInstallId(
  client: KubeClient,
  namespace: string,
  signal: AbortSignal,
): Promise<string> {
  const key = keyOf({ namespace, name });
  const found = await client.find(configMaps, key, stored, { signal });
  if (found !== undefined) return found.data.id;
  const id = Array.from({ length: idLength }, () => letters[randomInt(letters.length)]).join("");
  const object = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace },
    immutable: true,
    data: { id },
  };
  try {
    return (await client.create(configMaps, { namespace, object, signal }, stored)).data.id;
  } catch (error) {
    if (error instanceof AlreadyExistsError)
      return (await client.get(configMaps, key, stored, { signal })).data.id;
    throw error;
  }
}
