import { describe, expect, it } from "vitest";
import { definitions } from "../../../src/api/v1alpha1/definitions.ts";
import { baseStates } from "../../../src/core/slurm/job-state.ts";
import { buildCustomResource } from "../../../scripts/generate/custom-resource.ts";
import type { StructuralSchema } from "../../../scripts/generate/structural-schema.ts";

/** One place in a CRD: `path` as kubectl writes it, `key` the field's own name where it has one. */
interface Place {
  readonly path: string;
  readonly key: string | undefined;
  readonly schema: StructuralSchema;
}

function* walk(path: string, schema: StructuralSchema, key?: string): Generator<Place> {
  yield { path, key, schema };
  for (const [name, child] of Object.entries(schema.properties ?? {})) {
    yield* walk(`${path}.${name}`, child, name);
  }
  if (schema.items !== undefined) yield* walk(`${path}[]`, schema.items);
  if (schema.additionalProperties !== undefined) yield* walk(`${path}{}`, schema.additionalProperties);
}

const envelope = new Set(["apiVersion", "kind", "metadata"]);

/** All places below spec and status: what is above them is the API server's. */
const places = definitions.flatMap((definition) => {
  const root = buildCustomResource(definition).spec.versions[0].schema.openAPIV3Schema;
  return [...walk(definition.kind, root)].filter(
    ({ path, key }) => path.split(".").length > 2 || key === undefined || !envelope.has(key),
  );
});

const breaking = (rule: (place: Place) => boolean): string[] =>
  places.filter((place) => !rule(place)).map(({ path }) => path);

const rules = places.flatMap(({ path, schema }) =>
  (schema["x-kubernetes-validations"] ?? []).map((rule) => ({ path, ...rule })),
);

describe("every field of every CRD", () => {
  it("is looked at by this checklist", () => {
    expect(places.length).toBeGreaterThan(300);
    expect(rules.length).toBeGreaterThan(20);
  });

  it("has a description that is a sentence", () => {
    expect(
      breaking(({ key, schema }) => key === undefined || schema.description?.endsWith(".") === true),
    ).toEqual([]);
  });

  it("has a bound, if it is a string that is no enum and no time", () => {
    expect(
      breaking(
        ({ schema: { type, maxLength, enum: values, format } }) =>
          type !== "string" || maxLength !== undefined || values !== undefined || format === "date-time",
      ),
    ).toEqual([]);
  });

  it("has a bound, if it is a list or a map", () => {
    expect(
      breaking(
        ({ schema: { type, maxItems, additionalProperties, maxProperties } }) =>
          (type !== "array" || maxItems !== undefined) &&
          (additionalProperties === undefined || maxProperties !== undefined),
      ),
    ).toEqual([]);
  });

  it("says how server-side apply merges it, if it is a list, by a key that every entry has", () => {
    expect(
      breaking(({ schema }) => {
        if (schema.type !== "array") return true;
        const keys = schema["x-kubernetes-list-map-keys"] ?? [];
        if (schema["x-kubernetes-list-type"] !== "map") return schema["x-kubernetes-list-type"] !== undefined;
        return keys.length > 0 && keys.every((key) => schema.items?.required?.includes(key));
      }),
    ).toEqual([]);
  });

  it("says how wide it is and from where it counts, if it is an integer", () => {
    expect(
      breaking(
        ({ schema: { type, format, minimum } }) =>
          type !== "integer" || ((format === "int32" || format === "int64") && minimum !== undefined),
      ),
    ).toEqual([]);
  });

  it("is closed and named, if it is an object", () => {
    expect(
      breaking(
        ({ schema: { type, properties, additionalProperties } }) =>
          type !== "object" || (properties === undefined) !== (additionalProperties === undefined),
      ),
    ).toEqual([]);
  });

  it("has a name in camel case that YAML 1.1 does not read as a boolean", () => {
    const booleans = new Set(["y", "n", "yes", "no", "on", "off", "true", "false"]);
    expect(
      breaking(
        ({ key }) =>
          key === undefined || (/^[a-z][a-zA-Z0-9]*$/.test(key) && !booleans.has(key.toLowerCase())),
      ),
    ).toEqual([]);
  });

  it("has a pattern that matches the whole and that Go and JavaScript read alike", () => {
    // \s, \b and \p mean other characters there; look-around, back references and \u do not exist.
    expect(
      breaking(
        ({ schema: { pattern } }) =>
          pattern === undefined ||
          (/^\^.*\$$/.test(pattern) && !/\\[sSbBpPu1-9]|\(\?/.test(pattern) && !pattern.includes("\\z")),
      ),
    ).toEqual([]);
  });

  it("names CamelCase words in its enum, Slurm's own words for states, or the words true and false", () => {
    const states = new Set<string>(baseStates);
    expect(
      breaking(({ schema }) =>
        (schema.enum ?? []).every((word) => /^([A-Z][A-Za-z]*|true|false)$/.test(word) || states.has(word)),
      ),
    ).toEqual([]);
  });
});

describe("every CEL rule", () => {
  it("has a message that says what to do", () => {
    const asks = /(^|[;,] (or )?)(set|keep|remove|raise|create|choose|write) /;
    expect(rules.filter(({ message }) => !asks.test(message))).toEqual([]);
  });

  it("names in its message a field that its rule reads", () => {
    const silent = rules.filter(({ rule, message }) => {
      const fields = [...rule.matchAll(/(?:self|f)\.(\w+)/g)].map(([, field]) => field ?? "");
      return !fields.some((field) => message.includes(field));
    });
    expect(silent).toEqual([]);
  });
});

describe("every kind", () => {
  it("has a status subresource, a status that begins unseen, the category, and an age as its last column", () => {
    const seen = definitions.map((definition) => {
      const { names, versions } = buildCustomResource(definition).spec;
      const [{ subresources, additionalPrinterColumns, schema }] = versions;
      return {
        categories: names["categories"],
        subresources,
        fresh: schema.openAPIV3Schema.properties?.["status"]?.default,
        last: additionalPrinterColumns.at(-1),
      };
    });
    expect(seen).toEqual(
      definitions.map(() => ({
        categories: ["batchwright"],
        subresources: { status: {} },
        fresh: expect.objectContaining({ observedGeneration: -1 }) as unknown,
        last: { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
      })),
    );
  });

  it("has at most eight selectable fields, the most that the API server takes", () => {
    expect(definitions.filter(({ selectableFields }) => selectableFields.length > 8)).toEqual([]);
  });
});
