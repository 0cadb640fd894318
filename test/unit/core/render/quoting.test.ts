import { spawnSync } from "node:child_process";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { escapeDoubleQuoted, isPlain, quotePython, quoteShell } from "../../../../src/core/render/quoting.ts";

/** Text as people and attackers write it: much of what is special, little of the rest. NUL fits no argument of a program. */
const hostile = fc
  .string({
    unit: fc.constantFrom(
      ..." '\"\\$`!*?[]{}()<>|&;#~^%=:,.-_aB9é漢😀\t\n\r".split(""),
      "$(",
      "\\\n",
      "'\\''",
    ),
    maxLength: 30,
  })
  .filter((text) => text.isWellFormed());

/** What a shell makes of words, one process for many of them. */
function readByShell(shell: string, words: readonly string[]): string[] {
  const script = `for word in ${words.join(" ")}; do printf '%s\\0' "$word"; done`;
  const { stdout, stderr } = spawnSync(shell, ["-c", script], { encoding: "utf8", timeout: 10_000 });
  expect(stderr).toBe("");
  return stdout.split("\0").slice(0, -1);
}

test.each(["sh", "bash"])("%s reads a quoted word as the text it was", (shell) => {
  const many = fc.array(hostile, { minLength: 50, maxLength: 50 });
  fc.assert(
    fc.property(many, (texts) => {
      expect(readByShell(shell, texts.map(quoteShell))).toEqual(texts);
    }),
    { numRuns: 10 },
  );
});

test.each(["sh", "bash"])("%s reads text escaped between double quotes as the text it was", (shell) => {
  const many = fc.array(hostile, { minLength: 50, maxLength: 50 });
  fc.assert(
    fc.property(many, (texts) => {
      expect(
        readByShell(
          shell,
          texts.map((text) => `"${escapeDoubleQuoted(text)}"`),
        ),
      ).toEqual(texts);
    }),
    { numRuns: 10 },
  );
});

test("what counts as plain is one word for a shell without quotes, and stays so for sbatch", () => {
  const plain = hostile.filter((text) => text !== "" && isPlain(text));
  const texts = fc.sample(plain, 200);
  expect(readByShell("sh", texts)).toEqual(texts);
  expect(Array.from(" '\"\\$`!*?[]{}()<>|&;#~^\t\n\r\0").filter(isPlain)).toEqual([]);
});

test("a Python literal reads as the text it was", () => {
  expect(quotePython("it's\ta\\b\n\u0007é")).toBe(String.raw`'it\'s\ta\\b\n\x07é'`);
  fc.assert(
    fc.property(hostile, (text) => {
      // Of the escapes that it uses, JavaScript and Python say the same.
      const read: unknown = runInNewContext(quotePython(text));
      expect(read).toBe(text);
    }),
  );
});
