import type { KindDefinition } from "../../src/api/v1alpha1/definition.ts";
import { buildCustomResource, customResourceName } from "./custom-resource.ts";
import type { GeneratedFiles } from "./generated-files.ts";
import { toGeneratedYaml } from "./yaml-text.ts";

/** Everything that follows from the definitions. Pure but for the formatter. */
export function generateFiles(definitions: readonly KindDefinition[]): GeneratedFiles {
  const files = new Map<string, string>();
  for (const definition of definitions) {
    const text = toGeneratedYaml(buildCustomResource(definition));
    files.set(`crds/batchwright.dev_${definition.plural}.yaml`, text);
    files.set(`charts/batchwright/files/crds/${customResourceName(definition)}.yaml`, text);
  }
  return files;
}
