import { z } from "zod";

/**
 * The part of OpenAPI v3 that a CRD may hold and that we allow ourselves: no `oneOf`, no `$ref`, no floats, no nullable.
 * Strict, so that a zod type without a structural form stops the generator instead of reaching a cluster.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
export const structuralSchema = z.strictObject({
  type: z.enum(["object", "array", "string", "integer", "boolean"]),
  description: z.string().optional(),
  format: z.string().optional(),
  default: z.unknown().optional(),
  enum: z.array(z.string()).optional(),
  pattern: z.string().optional(),
  minLength: z.int().optional(),
  maxLength: z.int().optional(),
  minimum: z.int().optional(),
  maximum: z.int().optional(),
  minItems: z.int().optional(),
  maxItems: z.int().optional(),
  maxProperties: z.int().optional(),
  get properties() {
    return z.record(z.string(), structuralSchema).optional();
  },
  required: z.array(z.string()).optional(),
  get items() {
    return structuralSchema.optional();
  },
  get additionalProperties() {
    return structuralSchema.optional();
  },
  "x-kubernetes-list-type": z.enum(["map", "set", "atomic"]).optional(),
  "x-kubernetes-list-map-keys": z.array(z.string()).optional(),
  "x-kubernetes-validations": z
    .array(
      z.strictObject({ rule: z.string(), message: z.string().max(2048), fieldPath: z.string().optional() }),
    )
    .optional(),
});
export type StructuralSchema = z.infer<typeof structuralSchema>;

const int32 = { least: -(2 ** 31), most: 2 ** 31 - 1 };

/**
 * A zod schema as a structural schema.
 * @throws Error when the schema has no structural form; the message names the path
 */
export function toStructuralSchema(schema: z.ZodType): StructuralSchema {
  const converted = z.toJSONSchema(schema, {
    target: "openapi-3.0",
    io: "input",
    override: ({ jsonSchema }) => adapt(jsonSchema),
  });
  const parsed = structuralSchema.safeParse(converted);
  if (parsed.success) return parsed.data;
  throw new Error(`not a structural schema:\n${z.prettifyError(parsed.error)}`);
}

/** Takes off what zod adds and the API server refuses or does not need. */
function adapt(node: z.core.JSONSchema.BaseSchema): void {
  // Forbidden beside properties; the API server prunes unknown fields anyway.
  if (node.additionalProperties === false) delete node.additionalProperties;
  // zod writes out the calendar in 300 characters; the API server knows the format.
  if (node.format === "date-time") delete node.pattern;
  if (node.type === "integer") adaptInteger(node);
}

function adaptInteger(node: z.core.JSONSchema.BaseSchema): void {
  const { minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER } = node;
  node.format = minimum >= int32.least && maximum <= int32.most ? "int32" : "int64";
  if (minimum === Number.MIN_SAFE_INTEGER) delete node.minimum;
  if (maximum === Number.MAX_SAFE_INTEGER) delete node.maximum;
}
