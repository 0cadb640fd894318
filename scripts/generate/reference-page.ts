import { apiVersion } from "../../src/api/group.ts";
import type { KindDefinition } from "../../src/api/v1alpha1/definition.ts";
import { buildCustomResource } from "./custom-resource.ts";
import { describeBounds, describeType, listFields, listRules, type Field } from "./field-list.ts";
import type { StructuralSchema } from "./structural-schema.ts";
import { header, toYaml } from "./yaml-text.ts";

/** The reference page of a kind, Markdown. */
export function buildReferencePage(definition: KindDefinition): string {
  const [{ schema }] = buildCustomResource(definition).spec.versions;
  const root = schema.openAPIV3Schema;
  return [
    `<!-- ${header} -->`,
    `# ${definition.kind}`,
    definition.description,
    describeNames(definition),
    "## Example",
    fence("yaml", toYaml(definition.example)),
    ...describePart("spec", root),
    "## Rules",
    "The API server refuses an object that breaks one of them, with the message given.",
    table(
      ["Where", "Message", "Rule (CEL)"],
      listRules("", root).map(({ path, message, rule }) => [
        path === "" ? "the object" : code(path),
        message,
        code(rule),
      ]),
    ),
    ...describePart("status", root),
    "Before the first look of the operator, `status` is:",
    fence("yaml", toYaml(definition.initialStatus)),
    "## kubectl get",
    table(
      ["Column", "From", "Shown"],
      definition.columns.map(({ name, jsonPath, priority }) => [
        name,
        code(jsonPath),
        priority === 1 ? "with `-o wide`" : "always",
      ]),
    ),
    ...describeSelectors(definition),
  ].join("\n\n");
}

/** The page that leads to the others. */
export const buildReferenceIndex = (definitions: readonly KindDefinition[]): string =>
  [
    `<!-- ${header} -->`,
    "# Reference",
    `Kinds of \`${apiVersion}\`, in the order of the pipeline.`,
    table(
      ["Kind", "What it is"],
      definitions.map(({ kind, singular, description }) => [`[${kind}](${singular}.md)`, description]),
    ),
  ].join("\n\n");

const describeNames = ({ plural, singular, shortNames, scope }: KindDefinition): string =>
  table(
    ["API version", "Scope", "kubectl names"],
    [
      [
        code(apiVersion),
        scope === "Cluster" ? "cluster" : "namespace",
        [plural, singular, ...shortNames].map(code).join(", "),
      ],
    ],
  );

function describePart(name: "spec" | "status", root: StructuralSchema): string[] {
  const part = root.properties?.[name];
  if (part === undefined) throw new Error(`the schema has no ${name}`);
  return [
    `## ${name}`,
    part.description ?? "",
    table(["Field", "Type", "Bounds", "Description"], listFields(name, part).map(describeField)),
  ];
}

const describeField = ({ path, required, schema }: Field): string[] => [
  code(path) + (required ? " **required**" : ""),
  describeType(schema),
  describeBounds(schema),
  schema.description ?? "",
];

function describeSelectors({ selectableFields, plural }: KindDefinition): string[] {
  if (selectableFields.length === 0) return [];
  const paths = selectableFields.map((path) => path.slice(1));
  return [
    "## Field selectors",
    `${paths.map(code).join(", ")}, for example:`,
    fence("sh", `kubectl get ${plural} --field-selector ${paths[0]}=...\n`),
  ];
}

const code = (text: string): string => `\`${text}\``;
const fence = (language: string, text: string): string => `\`\`\`${language}\n${text}\`\`\``;
// A bar ends a cell even inside backticks.
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
