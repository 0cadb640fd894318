import { describe, expect, it } from "vitest";
import { buildCustomResource } from "../../../scripts/generate/custom-resource.ts";
import { describeBounds, describeType, listFields, listRules } from "../../../scripts/generate/field-list.ts";
import { buildReferencePage } from "../../../scripts/generate/reference-page.ts";
import { toStructuralSchema } from "../../../scripts/generate/structural-schema.ts";
import { definitions } from "../../../src/api/v1alpha1/definitions.ts";
import { int32, keyedList, plainList, text, time } from "../../../src/api/v1alpha1/schema.ts";
import { z } from "zod";

describe.each(definitions)("the page of $kind", (definition) => {
  const page = buildReferencePage(definition);
  const root = buildCustomResource(definition).spec.versions[0].schema.openAPIV3Schema;

  it("has a row for every field of spec and status", () => {
    const paths = ["spec", "status"].flatMap((part) =>
      Object.entries(root.properties ?? {}).flatMap(([name, schema]) =>
        name === part ? listFields(part, schema).map(({ path }) => path) : [],
      ),
    );
    expect(paths.length).toBeGreaterThan(20);
    expect(paths.filter((path) => !page.includes(`\n| \`${path}\``))).toEqual([]);
  });

  it("has every rule's message and every column", () => {
    const messages = listRules("", root).map(({ message }) => ` | ${message} | `);
    const columns = definition.columns.map(({ name }) => `\n| ${name} | `);
    expect([...messages, ...columns].filter((text) => !page.includes(text))).toEqual([]);
  });

  it("has no row whose cells are broken by a bar in a pattern", () => {
    const rows = page.split("\n").filter((line) => line.startsWith("|"));
    const cells = (line: string) => line.split(/(?<!\\)\|/).length;
    const uneven = rows.filter((line, index) => {
      const head =
        rows.slice(0, index + 1).findLast((_, at) => rows[at + 1]?.startsWith("| --- ") === true) ?? line;
      return cells(line) !== cells(head);
    });
    expect(uneven).toEqual([]);
  });
});

describe("a field in words", () => {
  it.each([
    [text(5, /^a$/).min(1), "string", "1 to 5 characters, `^a$`"],
    [time, "time (RFC 3339)", ""],
    [z.enum(["A", "B"]), "A, B", ""],
    [int32(1, 9), "integer", "1 to 9"],
    [z.int().min(-1), "integer", "at least -1"],
    [plainList(text(5), 3), "list of strings", "at most 3 entries, each at most 5 characters"],
    [keyedList(z.object({ name: text(5) }), "name", 3).min(1), "list of objects, by name", "1 to 3 entries"],
    [z.record(text(5), text(6)).meta({ maxProperties: 2 }), "map of strings", "at most 2 entries"],
  ])("%#", (schema, type, bounds) => {
    const structural = toStructuralSchema(schema);
    expect([describeType(structural), describeBounds(structural)]).toEqual([type, bounds]);
  });
});
