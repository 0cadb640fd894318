import { z } from "zod";
import type { NamedValue } from "../../api/v1alpha1/values.ts";
import { not, ok, type Outcome, waiting } from "../../core/problem.ts";
import { reasons } from "../../core/submission/reasons.ts";
import type { KubeClient } from "../../kube/client.ts";
import { keyOf } from "../../kube/key.ts";
import { configMaps } from "../resources.ts";

const dataOf = z.object({ data: z.record(z.string(), z.string()).default({}) });

/** `spec.variables` with what they take from ConfigMaps. What is not there yet is waited for. */
export async function resolveVariables(
  client: KubeClient,
  submission: { namespace: string | undefined; variables: readonly NamedValue[] },
  signal: AbortSignal,
): Promise<Outcome<{ name: string; value: string }[]>> {
  const resolved: { name: string; value: string }[] = [];
  for (const { name, value, valueFrom } of submission.variables) {
    if (valueFrom === undefined) {
      resolved.push({ name, value: value ?? "" });
      continue;
    }
    const reference = valueFrom.configMapKeyRef;
    const found = await client.find(
      configMaps,
      keyOf({ namespace: submission.namespace, name: reference.name }),
      dataOf,
      { signal },
    );
    const text = found?.data[reference.key];
    if (text === undefined) {
      const what =
        found === undefined
          ? `there is no ConfigMap "${reference.name}" in this namespace yet`
          : `ConfigMap "${reference.name}" has no key "${reference.key}" yet`;
      return not(
        waiting(
          reasons.ConfigMapNotFound,
          `spec.variables[${name}].valueFrom: ${what}; the submission goes on when it is there`,
        ),
      );
    }
    resolved.push({ name, value: text });
  }
  return ok(resolved);
}
