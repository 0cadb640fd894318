import fc from "fast-check";
import { expect, test } from "vitest";
import { mergePatch } from "../../../../src/core/status/merge-patch.ts";

const scalar = fc.oneof(fc.string({ maxLength: 3 }), fc.integer({ min: 0, max: 3 }), fc.boolean());
const { fields } = fc.letrec((tie) => ({
  fields: fc.dictionary(fc.constantFrom("a", "b", "c"), tie("value"), { maxKeys: 3 }),
  value: fc.oneof({ maxDepth: 3 }, scalar, fc.array(scalar, { maxLength: 2 }), tie("fields")),
}));

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** RFC 7396, section 2, word for word. */
function apply(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const result: Record<string, unknown> = isFields(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = apply(result[name], value);
  }
  return result;
}

test("a patch applied to the old object gives the new one, and none is made where nothing changed", () => {
  fc.assert(
    fc.property(fields, fields, (before, after) => {
      if (!isFields(before) || !isFields(after)) return;
      const patch = mergePatch(before, after);
      expect(apply(before, patch ?? {})).toEqual(after);
      expect(mergePatch(after, structuredClone(after))).toBeUndefined();
    }),
    { numRuns: 2000 },
  );
});

test("an undefined field counts as absent", () => {
  expect(mergePatch({ a: 1 }, { a: undefined, b: undefined })).toEqual({ a: null });
});
