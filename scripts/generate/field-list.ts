import type { StructuralSchema } from "./structural-schema.ts";

/** One row of a field table. */
export interface Field {
  /** As kubectl explain and the API server write it, e.g. `spec.parameters[].name`. */
  readonly path: string;
  readonly required: boolean;
  readonly schema: StructuralSchema;
}

/** A rule between fields. */
export interface PlacedRule {
  /** Of the object that carries the rule and is `self` in it; empty for the whole object. */
  readonly path: string;
  /** Where the API server's message points. */
  readonly pointsTo: string;
  readonly rule: string;
  readonly message: string;
}

/** Every field below `path`, parents before children, in the order of the schema. */
export function listFields(path: string, schema: StructuralSchema): Field[] {
  const required = new Set(schema.required);
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, child]) => [
    { path: `${path}.${name}`, required: required.has(name), schema: child },
    ...listFields(`${path}.${name}`, child),
  ]);
  return schema.items === undefined ? own : [...own, ...listFields(`${path}[]`, schema.items)];
}

export function listRules(path: string, schema: StructuralSchema): PlacedRule[] {
  const own = (schema["x-kubernetes-validations"] ?? []).map(({ rule, message, fieldPath = "" }) => ({
    path,
    pointsTo: path === "" ? fieldPath.slice(1) : path + fieldPath,
    rule,
    message,
  }));
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, child]) =>
    listRules(path === "" ? name : `${path}.${name}`, child),
  );
  return [...own, ...below, ...(schema.items === undefined ? [] : listRules(`${path}[]`, schema.items))];
}

/** Type of a field in words: `string`, `list of objects, by name`. */
export function describeType(schema: StructuralSchema): string {
  if (schema.enum !== undefined) return schema.enum.join(", ");
  switch (schema.type) {
    case "array":
      return describeList(schema);
    case "object":
      return schema.additionalProperties === undefined
        ? "object"
        : `map of ${describeType(schema.additionalProperties)}s`;
    case "string":
      return schema.format === "date-time" ? "time (RFC 3339)" : "string";
    case "integer":
    case "boolean":
      return schema.type;
  }
}

function describeList({ items, ...schema }: StructuralSchema): string {
  const keys = schema["x-kubernetes-list-map-keys"];
  const content = items === undefined ? "" : ` of ${describeType(items)}s`;
  return keys === undefined ? `list${content}` : `list${content}, by ${keys.join(" and ")}`;
}

/** Bounds of a field in words: `1 to 63 characters, ^[a-z]+$`; empty for none. */
export function describeBounds(schema: StructuralSchema): string {
  const entries = schema.type === "array" && schema.items !== undefined ? describeBounds(schema.items) : "";
  return [
    describeRange(schema.minLength, schema.maxLength, "characters"),
    describeRange(schema.minItems, schema.maxItems, "entries"),
    describeRange(undefined, schema.maxProperties, "entries"),
    describeRange(schema.minimum, schema.maximum, ""),
    schema.pattern === undefined ? "" : `\`${schema.pattern}\``,
    entries === "" ? "" : `each ${entries}`,
  ]
    .filter((text) => text !== "")
    .join(", ");
}

function describeRange(least: number | undefined, most: number | undefined, unit: string): string {
  if (least === undefined && most === undefined) return "";
  if (most === undefined) return `at least ${least} ${unit}`.trimEnd();
  return `${least === undefined ? "at most " : `${least} to `}${most} ${unit}`.trimEnd();
}
