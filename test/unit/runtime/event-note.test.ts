import fc from "fast-check";
import { expect, test } from "vitest";
import { cutNote } from "../../../src/runtime/event-note.ts";

test("a short note is left alone, a long one ends with a mark", () => {
  expect(cutNote("x".repeat(1024))).toBe("x".repeat(1024));
  expect(cutNote("x".repeat(1025))).toBe(`${"x".repeat(1021)}…`);
});

test("a cut note fits, begins like the whole one, and no character is cut in two", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "é", "€", "🧪") });
  fc.assert(
    fc.property(text, fc.integer({ min: 3, max: 30 }), (note, longest) => {
      const cut = cutNote(note, longest);
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(longest);
      expect(cut.isWellFormed()).toBe(true);
      expect(cut === note || note.startsWith(cut.slice(0, -1))).toBe(true);
    }),
  );
});
