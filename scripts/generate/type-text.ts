import type { StructuralSchema } from "./structural-schema.ts";

/** A structural schema as a TypeScript type; the descriptions become documentation comments. */
export function toTypeText(schema: StructuralSchema): string {
  if (schema.enum !== undefined) return schema.enum.map((word) => JSON.stringify(word)).join(" | ");
  switch (schema.type) {
    case "string":
    case "boolean":
      return schema.type;
    case "integer":
      return "number";
    case "array":
      return `(${toTypeText(schema.items ?? missing("items of a list"))})[]`;
    case "object":
      return schema.additionalProperties === undefined
        ? toObjectText(schema)
        : `Record<string, ${toTypeText(schema.additionalProperties)}>`;
  }
}

function toObjectText({ properties = {}, required = [] }: StructuralSchema): string {
  const members = Object.entries(properties).map(
    ([name, child]) =>
      `${toComment(child)}${name}${required.includes(name) ? "" : "?"}: ${toTypeText(child)};`,
  );
  return `{\n${members.join("\n")}\n}`;
}

// "*/" would end the comment.
const toComment = ({ description }: StructuralSchema): string =>
  description === undefined ? "" : `/** ${description.replaceAll("*/", "*\\/")} */\n`;

function missing(what: string): never {
  throw new Error(`the schema does not say the ${what}`);
}
