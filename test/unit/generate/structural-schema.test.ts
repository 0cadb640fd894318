import { describe, expect, it } from "vitest";
import { z } from "zod";
import { toStructuralSchema } from "../../../scripts/generate/structural-schema.ts";
import { keyedList, text, time, withRules } from "../../../src/api/v1alpha1/schema.ts";

describe("a zod schema as a structural schema", () => {
  it("keeps types, bounds, descriptions and Kubernetes' own keys", () => {
    const entry = z.object({ name: text(5, /^[a-z]+$/).describe("Its name."), at: time.optional() });
    const schema = withRules(
      z.object({ list: keyedList(entry, "name", 2).optional().describe("All of them.") }),
      [{ rule: "has(self.list)", message: "set list" }],
    );
    expect(toStructuralSchema(schema)).toEqual({
      type: "object",
      properties: {
        list: {
          type: "array",
          description: "All of them.",
          maxItems: 2,
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["name"],
          items: {
            type: "object",
            required: ["name"],
            properties: {
              name: { type: "string", description: "Its name.", maxLength: 5, pattern: "^[a-z]+$" },
              at: { type: "string", format: "date-time" },
            },
          },
        },
      },
      "x-kubernetes-validations": [{ rule: "has(self.list)", message: "set list" }],
    });
  });

  it.each([
    ["one that fits 32 bits", z.int32().min(0).max(5), { minimum: 0, maximum: 5, format: "int32" }],
    ["one without an end", z.int().min(-1), { minimum: -1, format: "int64" }],
    [
      "one with an end beyond 32 bits",
      z
        .int()
        .min(0)
        .max(2 ** 31),
      { minimum: 0, maximum: 2 ** 31, format: "int64" },
    ],
  ])("says how wide an integer is: %s", (_, schema, expected) => {
    expect(toStructuralSchema(schema)).toEqual({ type: "integer", ...expected });
  });

  it("says that a strict object is closed by naming its fields only", () => {
    expect(toStructuralSchema(z.strictObject({ a: z.boolean() }))).toEqual({
      type: "object",
      properties: { a: { type: "boolean" } },
      required: ["a"],
    });
  });

  it.each([
    ["a union", z.object({ a: z.union([z.string(), z.boolean()]) }), "properties.a"],
    ["a float", z.object({ a: z.number() }), "properties.a.type"],
    ["a nullable", z.object({ a: z.string().nullable() }), "properties.a"],
    ["anything at all", z.object({ a: z.unknown() }), "properties.a.type"],
  ])("does not exist for %s; the message names the place", (_, schema, place) => {
    expect(() => toStructuralSchema(schema)).toThrow(place);
  });
});
