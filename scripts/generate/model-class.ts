import { format } from "prettier";
import { apiVersion } from "../../src/api/group.ts";
import type { KindDefinition } from "../../src/api/v1alpha1/definition.ts";
import { buildCustomResource } from "./custom-resource.ts";
import type { StructuralSchema } from "./structural-schema.ts";
import { toTypeText } from "./type-text.ts";
import { header } from "./yaml-text.ts";

/** The formatter's settings. */
export interface Style {
  readonly printWidth: number;
}

/** File of a kind's class: `JobTemplate` is in job-template.ts, like the schema that it comes from. */
export const modelFile = ({ kind }: KindDefinition): string =>
  `${kind.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase()}.ts`;

/** A class in the manner of kubernetes-models: what people import to write our objects in TypeScript. */
export function buildModelClass(definition: KindDefinition, style: Style): Promise<string> {
  const { kind, description } = definition;
  const source = `${kind.charAt(0).toLowerCase()}${kind.slice(1)}Definition`;
  const root = buildCustomResource(definition).spec.versions[0].schema.openAPIV3Schema;
  const text = `// ${header}
import { createTypeMetaGuard, Model, type ModelData } from "@kubernetes-models/base";
import { ${source} } from "../api/v1alpha1/${modelFile(definition)}";
import type { ObjectMeta } from "./object-meta.ts";
import { validateModel } from "./validation-error.ts";

${interfaceText(`${kind}Spec`, root, "spec")}

${interfaceText(`${kind}Status`, root, "status")}

/** ${description} */
export interface I${kind} {
  apiVersion: "${apiVersion}";
  kind: "${kind}";
  metadata?: ObjectMeta;
  spec: ${kind}Spec;
  status?: ${kind}Status;
}

/** ${description} */
export class ${kind} extends Model<I${kind}> implements I${kind} {
  static readonly apiVersion = "${apiVersion}";
  static readonly kind = "${kind}";
  static readonly is = createTypeMetaGuard<I${kind}>(${kind});

  declare apiVersion: I${kind}["apiVersion"];
  declare kind: I${kind}["kind"];
  declare metadata?: ObjectMeta;
  declare spec: ${kind}Spec;
  declare status?: ${kind}Status;

  constructor(data?: ModelData<I${kind}>) {
    super();
    this.apiVersion = ${kind}.apiVersion;
    this.kind = ${kind}.kind;
    this.setDefinedProps(data);
  }

  /**
   * Types and bounds, as the API server checks them; rules between fields are left to the API server.
   * @throws ValidationError that names every field that is wrong
   */
  override validate(): void {
    validateModel(this.toJSON(), ${source});
  }
}
`;
  return format(text, { ...style, parser: "typescript" });
}

export function buildModelIndex(definitions: readonly KindDefinition[], style: Style): Promise<string> {
  const lines = [
    `// ${header}`,
    ...definitions.map(
      (definition) =>
        `export { ${definition.kind}, type I${definition.kind}, type ${definition.kind}Spec, type ${definition.kind}Status } from "./${modelFile(definition)}";`,
    ),
    `export type { ObjectMeta, OwnerReference } from "./object-meta.ts";`,
    `export { ValidationError, type FieldProblem } from "./validation-error.ts";`,
  ];
  return format(lines.join("\n"), { ...style, parser: "typescript" });
}

function interfaceText(name: string, root: StructuralSchema, part: string): string {
  const schema = root.properties?.[part];
  if (schema === undefined) throw new Error(`the schema of ${name} has no ${part}`);
  return `/** ${schema.description ?? ""} */\nexport interface ${name} ${toTypeText(schema)}`;
}
