import type { KindDefinition } from "../../src/api/v1alpha1/definition.ts";
import { buildRole, listRoles } from "./access-rules.ts";
import { buildCustomResource, customResourceName } from "./custom-resource.ts";
import type { GeneratedFiles } from "./generated-files.ts";
import { buildModelClass, buildModelIndex, modelFile, type Style } from "./model-class.ts";
import { buildReferenceIndex, buildReferencePage } from "./reference-page.ts";
import { toGeneratedYaml } from "./yaml-text.ts";

/** Everything that follows from the definitions. `style` is the formatter's, for the files that it looks after. */
export async function generateFiles(
  definitions: readonly KindDefinition[],
  style: Style,
): Promise<GeneratedFiles> {
  const files = new Map<string, string>();
  for (const definition of definitions) {
    const resource = toGeneratedYaml(buildCustomResource(definition));
    files.set(`crds/batchwright.dev_${definition.plural}.yaml`, resource);
    files.set(`charts/batchwright/files/crds/${customResourceName(definition)}.yaml`, resource);
    files.set(`config/samples/${definition.singular}.yaml`, toGeneratedYaml(definition.example));
    files.set(`docs/spec/${definition.singular}.md`, `${buildReferencePage(definition)}\n`);
    files.set(`src/models/${modelFile(definition)}`, await buildModelClass(definition, style));
  }
  const roles = listRoles(definitions);
  files.set("config/rbac/roles.yaml", toGeneratedYaml(...roles.map(buildRole)));
  files.set("charts/batchwright/files/roles.yaml", toGeneratedYaml({ roles }));
  files.set("docs/spec/README.md", `${buildReferenceIndex(definitions)}\n`);
  files.set("src/models/index.ts", await buildModelIndex(definitions, style));
  return files;
}
