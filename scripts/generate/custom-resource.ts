import { group, version } from "../../src/api/group.ts";
import type { KindDefinition } from "../../src/api/v1alpha1/definition.ts";
import { toStructuralSchema, type StructuralSchema } from "./structural-schema.ts";

/** `apiextensions.k8s.io/v1` CustomResourceDefinition, as far as we fill it in. */
export interface CustomResourceDefinition {
  readonly apiVersion: "apiextensions.k8s.io/v1";
  readonly kind: "CustomResourceDefinition";
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly names: Readonly<Record<string, string | readonly string[]>>;
    readonly scope: KindDefinition["scope"];
    readonly versions: readonly [CustomResourceVersion];
  };
}

export interface CustomResourceVersion {
  readonly name: string;
  readonly served: true;
  readonly storage: true;
  readonly subresources: { readonly status: Readonly<Record<string, never>> };
  readonly selectableFields?: readonly { readonly jsonPath: string }[];
  readonly additionalPrinterColumns: readonly object[];
  readonly schema: { readonly openAPIV3Schema: StructuralSchema };
}

export const customResourceName = (definition: KindDefinition): string => `${definition.plural}.${group}`;

export function buildCustomResource(definition: KindDefinition): CustomResourceDefinition {
  const { kind, plural, singular, shortNames, scope } = definition;
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: customResourceName(definition) },
    spec: {
      group,
      names: { kind, listKind: `${kind}List`, plural, singular, shortNames, categories: ["batchwright"] },
      scope,
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          ...selectable(definition),
          additionalPrinterColumns: definition.columns,
          schema: { openAPIV3Schema: buildObjectSchema(definition) },
        },
      ],
    },
  };
}

const selectable = ({ selectableFields }: KindDefinition) =>
  selectableFields.length === 0
    ? {}
    : { selectableFields: selectableFields.map((jsonPath) => ({ jsonPath })) };

/** The whole object. `status` gets a default, so that nobody takes a fresh object for one that was looked at. */
function buildObjectSchema(definition: KindDefinition): StructuralSchema {
  return {
    description: definition.description,
    type: "object",
    required: ["spec"],
    properties: {
      apiVersion: { description: "Version of the schema of this object.", type: "string" },
      kind: { description: `Kind of this object: ${definition.kind}.`, type: "string" },
      metadata: { type: "object" },
      spec: toStructuralSchema(definition.spec),
      status: {
        ...toStructuralSchema(definition.status),
        description: "What the operator last saw. Written by the operator only.",
        default: definition.initialStatus,
      },
    },
    ...nameRule(definition),
  };
}

const nameRule = ({ longestName }: KindDefinition) =>
  longestName === undefined
    ? {}
    : {
        "x-kubernetes-validations": [
          {
            rule: `self.metadata.name.size() <= ${longestName}`,
            message: `metadata.name is longer than ${longestName} characters, and it must fit into a label; choose a shorter name`,
            fieldPath: ".metadata",
          },
        ],
      };
