import { z } from "zod";
import type { JobSubmission } from "../../api/v1alpha1/job-submission.ts";
import { jobScript } from "../../api/v1alpha1/job-script.ts";
import { isSecretName } from "../../core/secrets/names.ts";
import { keyOf } from "../../kube/key.ts";
import { configMaps, jobScripts } from "../resources.ts";
import type { SubmissionDeps } from "./deps.ts";
import { readFiles } from "./rendered.ts";

/** Values of variables and parameters that are secrets by their names. What is no longer there is left out: nobody waits for it now. */
export async function secretsOf(
  deps: SubmissionDeps,
  submission: JobSubmission,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const [own, script] = await Promise.all([
    ownSecrets(deps, submission, signal),
    scriptSecrets(deps, submission, signal),
  ]);
  return [...new Set([...own, ...script])];
}

const dataOf = z.object({ data: z.record(z.string(), z.string()).default({}) });

async function ownSecrets(
  { client }: SubmissionDeps,
  { metadata, spec }: JobSubmission,
  signal: AbortSignal,
): Promise<string[]> {
  const named = [...(spec.variables ?? []), ...(spec.from.template?.parameters ?? [])].filter(({ name }) =>
    isSecretName(name),
  );
  const values = await Promise.all(
    named.map(async ({ value, valueFrom }) => {
      if (valueFrom === undefined) return value;
      const { name, key } = valueFrom.configMapKeyRef;
      const found = await client.find(configMaps, keyOf({ namespace: metadata.namespace, name }), dataOf, {
        signal,
      });
      return found?.data[key];
    }),
  );
  return values.filter((value) => value !== undefined);
}

async function scriptSecrets(
  deps: SubmissionDeps,
  { metadata, status }: JobSubmission,
  signal: AbortSignal,
): Promise<string[]> {
  const { name, digest } = status.script ?? {};
  if (name === undefined || digest === undefined) return [];
  const { namespace } = metadata;
  const object = await deps.client.find(jobScripts, keyOf({ namespace, name }), jobScript, { signal });
  const files = object?.status.filesRef;
  // What it is rendered to now may be something else than what was sent; then its names and values are no longer ours to know.
  if (files === undefined || object?.status.digest !== digest) return [];
  const read = await readFiles(deps, { key: keyOf({ namespace, name: files.name }), digest }, signal);
  if (read?.ok !== true) return [];
  const { environment, parameters } = read.value;
  return [...environment.variables, ...parameters]
    .filter((variable) => isSecretName(variable.name))
    .map(({ value }) => value);
}
