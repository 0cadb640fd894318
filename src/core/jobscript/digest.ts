import { createHash } from "node:crypto";
import type { JobScriptSpec } from "../../api/v1alpha1/job-script.ts";
import { toCanonicalJson } from "./canonical-json.ts";
import type { RenderedScript, UnsignedScript } from "./rendered-script.ts";

const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

/** Two scripts have one digest exactly when they would send the same files, environment, parameters, resources and outputs. */
export function digestOf(script: UnsignedScript): string {
  const { entrypoint, supportFiles, environment, parameters, resources, outputs } = script;
  const files = supportFiles.map(({ path, mode, base64 }) => ({
    path,
    mode,
    sha256: sha256(Buffer.from(base64, "base64")),
  }));
  const signed = {
    form: 1,
    entrypoint: { name: entrypoint.name, sha256: sha256(entrypoint.text) },
    files,
    environment,
    parameters,
    resources,
    outputs,
  };
  return `sha256:${sha256(toCanonicalJson(signed))}`;
}

/** Of what is rendered from. */
export function specDigestOf(spec: JobScriptSpec): string {
  return `sha256:${sha256(toCanonicalJson({ ...spec, archived: undefined }))}`;
}

export function sign(script: UnsignedScript): RenderedScript {
  const sorted = {
    ...script,
    supportFiles: [...script.supportFiles].sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
  return { ...sorted, digest: digestOf(sorted) };
}
