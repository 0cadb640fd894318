import { z } from "zod";
import { apiVersion, labels } from "../../api/group.ts";
import { final, not, ok, type Outcome } from "../problem.ts";
import { toCanonicalJson } from "./canonical-json.ts";
import { digestOf } from "./digest.ts";
import { scriptReasons } from "./reasons.ts";
import { scriptManifest, type RenderedScript } from "./rendered-script.ts";

const manifestKey = "manifest.json";
const entrypointKey = "entrypoint";
const fileKey = (index: number): string => `file-${String(index)}`;

/** A ConfigMap takes 1 MiB of values (Kubernetes, ValidateConfigMap); the rest is room for its metadata. */
const mostBytes = 1_000_000;

/** A ConfigMap as far as we read it. */
export const storedConfigMap = z.object({
  metadata: z.object({ name: z.string() }),
  data: z.record(z.string(), z.string()).default({}),
  binaryData: z.record(z.string(), z.string()).default({}),
});
export type StoredConfigMap = z.infer<typeof storedConfigMap>;

export interface ScriptOwner {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
}

/** Made of UID and digest, so that a stale look meets AlreadyExists, and a script created anew never finds an older one's files. */
export const storedName = (uid: string, digest: string): string =>
  `jobscript-${uid}-${digest.replace(/^sha256:/u, "").slice(0, 16)}`;

/** The immutable ConfigMap that holds the script and goes away with its JobScript, or that it does not fit into one. */
export function storeScript(script: RenderedScript, owner: ScriptOwner): Outcome<object> {
  const { entrypoint, supportFiles, digest, ...rest } = script;
  const manifest = toCanonicalJson({
    ...rest,
    entrypoint: { name: entrypoint.name },
    supportFiles: supportFiles.map(({ path, mode }) => ({ path, mode })),
  });
  const sizes = [
    { file: entrypoint.name, bytes: Buffer.byteLength(entrypoint.text) },
    ...supportFiles.map(({ path, base64 }) => ({ file: path, bytes: Buffer.byteLength(base64, "base64") })),
  ];
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, Buffer.byteLength(manifest));
  if (total > mostBytes) return not(final(scriptReasons.tooLarge, describeSize(total, sizes)));
  return ok({
    metadata: {
      name: storedName(owner.uid, digest),
      namespace: owner.namespace,
      labels: { [labels.script]: owner.name },
      ownerReferences: [
        {
          apiVersion,
          kind: "JobScript",
          name: owner.name,
          uid: owner.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    immutable: true,
    data: { [manifestKey]: manifest, [entrypointKey]: entrypoint.text },
    binaryData: Object.fromEntries(supportFiles.map(({ base64 }, index) => [fileKey(index), base64])),
  });
}

function describeSize(total: number, sizes: readonly { file: string; bytes: number }[]): string {
  const largest = [...sizes]
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, 3)
    .map(({ file, bytes }) => `${file} ${String(bytes)}`)
    .join(", ");
  return `the rendered files have ${String(total)} bytes together, above the ${String(mostBytes)} that fit into a ConfigMap (largest: ${largest}); make them smaller, or read large data from the cluster's file system`;
}

/**
 * Reads a script back, and computes its digest again: what a cluster is sent is what was rendered, even if somebody deleted
 * the ConfigMap and created another one under its name.
 */
export function readRendered(stored: StoredConfigMap, digest: string): Outcome<RenderedScript> {
  const script = parseStored(stored);
  if (typeof script === "string") return changed(stored, script);
  const found = digestOf(script);
  if (found !== digest) return changed(stored, `its digest is ${found}, and ${digest} was rendered`);
  return ok({ ...script, digest });
}

const changed = (
  { metadata }: StoredConfigMap,
  how: string,
): { ok: false; problem: ReturnType<typeof final> } =>
  not(
    final(
      scriptReasons.filesChanged,
      `ConfigMap "${metadata.name}" does not hold what was rendered: ${how}; delete it, and it is made again from the same source`,
    ),
  );

/** The script, or what is wrong with the form. */
function parseStored({ data, binaryData }: StoredConfigMap): Omit<RenderedScript, "digest"> | string {
  const text = data[entrypointKey];
  if (text === undefined) return `it has no key ${entrypointKey}`;
  const parsed = scriptManifest.safeParse(parseJson(data[manifestKey] ?? ""));
  if (!parsed.success) return `${manifestKey} is not a manifest: ${z.prettifyError(parsed.error)}`;
  const { entrypoint, supportFiles, ...rest } = parsed.data;
  const missing = supportFiles.findIndex((_, index) => binaryData[fileKey(index)] === undefined);
  if (missing >= 0) return `it has no key ${fileKey(missing)}`;
  return {
    ...rest,
    entrypoint: { name: entrypoint.name, text },
    supportFiles: supportFiles.map((file, index) => ({ ...file, base64: binaryData[fileKey(index)] ?? "" })),
  };
}

/** undefined for what is no JSON, which no schema takes. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
