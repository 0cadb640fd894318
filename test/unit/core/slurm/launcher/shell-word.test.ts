import { execFileSync } from "node:child_process";

import fc from "fast-check";
import { expect, test } from "vitest";

import { shellAssignment, shellWord } from "../../../../../src/core/slurm/launcher/shell-word.ts";

test("any text without NUL is one word, unchanged, to a real shell", () => {
  const texts = fc.array(
    fc.string({ unit: "binary", maxLength: 60 }).filter((text) => !text.includes("\0")),
    { minLength: 1, maxLength: 40 },
  );
  fc.assert(
    fc.property(texts, (words) => {
      const script = `printf '%s\\0' ${words.map(shellWord).join(" ")}`;
      const said = execFileSync("/bin/sh", ["-s"], { input: script });
      expect(said).toEqual(Buffer.from(words.map((word) => `${word}\0`).join("")));
    }),
    { numRuns: 15 },
  );
});

test("what no shell can hold is refused", () => {
  expect(() => shellWord("a\0b")).toThrow(RangeError);
  expect(() => shellAssignment("a b", "")).toThrow('not the name of a variable: "a b"');
  expect(() => shellAssignment("1a", "")).toThrow(RangeError);
});
