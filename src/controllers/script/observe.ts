import type { JobScript } from "../../api/v1alpha1/job-script.ts";
import { jobTemplate } from "../../api/v1alpha1/job-template.ts";
import { pinOf, type ObservedScript } from "../../core/jobscript/decide-script.ts";
import { neededConfigMaps, type ScriptInputs } from "../../core/jobscript/plan-script.ts";
import { storedConfigMap } from "../../core/jobscript/stored-script.ts";
import type { TemplateSnapshot } from "../../core/jobscript/template-snapshot.ts";
import type { KubeClient } from "../../kube/client.ts";
import { keyOf } from "../../kube/key.ts";
import { configMaps, jobTemplates } from "../resources.ts";
import { readConfigMaps } from "../template/config-map-content.ts";

/** Reads what a decision needs: of a rendered script its files alone, else everything that it is made from. */
export async function observeScript(
  script: JobScript,
  client: KubeClient,
  signal: AbortSignal,
): Promise<ObservedScript> {
  const pin = pinOf(script);
  if (pin === undefined) return { is: "unrendered", inputs: await readInputs(script, client, signal) };
  const key = keyOf({ namespace: script.metadata.namespace, name: pin.configMap });
  const stored = await client.find(configMaps, key, storedConfigMap, { signal });
  if (stored !== undefined) return { is: "pinned", pin, stored };
  return { is: "lost", pin, inputs: await readInputs(script, client, signal) };
}

async function readInputs(
  { metadata: { namespace }, spec }: JobScript,
  client: KubeClient,
  signal: AbortSignal,
): Promise<ScriptInputs> {
  const template = await readTemplate({ namespace, name: spec.from?.template.name }, client, signal);
  const names = neededConfigMaps(spec, template);
  return { spec, template, configMaps: await readConfigMaps(client, { namespace, names }, signal) };
}

async function readTemplate(
  { namespace, name }: { namespace: string | undefined; name: string | undefined },
  client: KubeClient,
  signal: AbortSignal,
): Promise<TemplateSnapshot | undefined> {
  if (name === undefined) return undefined;
  const found = await client.find(jobTemplates, keyOf({ namespace, name }), jobTemplate, { signal });
  return found === undefined ? undefined : { name, generation: found.metadata.generation, spec: found.spec };
}
