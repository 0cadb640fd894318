import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { render } from "../../../../src/core/render/render.ts";
import { releases } from "../../../../src/core/slurm/options/release.ts";
import { readScript } from "../../../../src/core/slurm/script/read-script.ts";
import type { ResolvedParameter } from "../../../../src/core/template/resolve-parameters.ts";

/** Straight to `render`, past the check that refuses line breaks in values: the guard must hold alone. */
const renderWith = (text: string, ...values: string[]) =>
  render({
    file: "job.sh",
    text,
    parameters: values.map((value, index): ResolvedParameter => ({
      name: `v${index}`,
      type: "String",
      value,
    })),
  });

const directives = (text: string): string[] =>
  text.split("\n").filter((line) => /^#(SBATCH|SLURM|PBS|BSUB)/iu.test(line));

describe("refused", () => {
  test.each([
    ["a line break at the end of a directive", "#SBATCH -J {{ v0 | raw }}\n", "x\n#SBATCH --uid=0"],
    ["a line break quoted for a shell", "#SBATCH -J {{ v0 | sh }}\n", "x\n#SBATCH --uid=0"],
    ["a line break quoted for sbatch", "#SBATCH -J {{ v0 | sbatch }}\n", "x\ny"],
    ["a carriage return", "#SBATCH -J {{ v0 | raw }}\n", "x\ry"],
    ["a whole directive", "#!/bin/sh\n{{ v0 | raw }}\n", "#SBATCH --uid=0"],
    ["a directive in the first line", "{{ v0 | raw }}\n", "#SBATCH --uid=0"],
    ["half of the word", "#!/bin/sh\n#SB{{ v0 }}\n", "ATCH"],
    ["its first character", "#!/bin/sh\n{{ v0 | raw }}SBATCH --uid=0\n", "#"],
    ["the line break before it", "#!/bin/sh\necho {{ v0 | raw }}#SBATCH --uid=0\n", "x\n"],
    ["a #PBS line", "#!/bin/sh\n{{ v0 | raw }}\n", "#PBS -N x"],
    [
      "a directive out of a capture",
      "{% capture c %}{{ v0 | raw }}{% endcapture %}#!/bin/sh\n{{ c | raw }}\n",
      "#SBATCH --uid=0",
    ],
    ["a directive put together", "#!/bin/sh\n{{ '#SB' | append: v0 | raw }}\n", "ATCH --uid=0"],
    ["a directive made by replace", "#!/bin/sh\n{{ v0 | replace: 'x', '#SBATCH ' | raw }}\n", "x--uid=0"],
    ["a directive made by case", "#!/bin/sh\n{{ v0 | upcase | raw }}\n", "#sbatch --uid=0"],
    ["a line break above the last directive", "#!/bin/sh\n# {{ v0 | raw }}\n#SBATCH -n1\n", "x\nexit"],
    [
      "a line break of the template's own, used on a value",
      "#SBATCH -J {{ v0 | replace: '_', '\n' | raw }}\n",
      "a_#SBATCH --uid=0",
    ],
  ])("%s", (_, text, value) => {
    expect(renderWith(text, value)).toMatchObject({ ok: false, failure: { reason: "UnsafeDirective" } });
  });

  test("a backslash quoted for a shell on a directive, since sbatch reads it otherwise", () => {
    expect(renderWith("#!/bin/sh\n#SBATCH --comment={{ v0 | sh }}\n", String.raw`a\b c`)).toEqual({
      ok: false,
      failure: {
        reason: "UnsafeDirective",
        position: { file: "job.sh", line: 2, column: 19 },
        sentence: String.raw`(of the rendered text) sbatch reads the backslash in "a\\b c" otherwise than a shell; place it with | sbatch`,
      },
    });
  });
});

describe("taken", () => {
  test.each([
    ["a value behind the word", "#SBATCH -J {{ v0 }}\n", "abc", "#SBATCH -J abc\n"],
    [
      "several lines below the directives",
      "#SBATCH -n1\ncat <<E\n{{ v0 | raw }}\nE\n",
      "a\nb",
      "#SBATCH -n1\ncat <<E\na\nb\nE\n",
    ],
    [
      "directives of the template in a loop",
      "{% for i in (1..2) %}#SBATCH -n{{ i }}\n{% endfor %}",
      "",
      "#SBATCH -n1\n#SBATCH -n2\n",
    ],
    [
      "an author's options with raw",
      "#SBATCH {{ v0 | raw }}\n",
      "--exclusive -n 2",
      "#SBATCH --exclusive -n 2\n",
    ],
  ])("%s", (_, text, value, expected) => {
    expect(renderWith(text, value)).toEqual({ ok: true, text: expected });
  });
});

const hostile = fc.string({
  unit: fc.constantFrom(
    ...Array.from(" '\"\\$`#,=-:abSBATCH\n\r\t%0A{}"),
    "#SBATCH --uid=0",
    "\n#SBATCH --uid=0\n",
    "\u2028",
    "\\n",
    "&#10;",
  ),
  maxLength: 12,
});

const filter = fc.constantFrom(
  ..."upcase downcase capitalize strip strip_newlines squish sh dq py sbatch raw reverse size".split(" "),
  "append: v1",
  "prepend: v1",
  "replace: 'a', v1",
  "replace: v1, '\n'",
  "replace: '_', '\n#SBATCH --uid=0\n'",
  "split: '' | join: v1",
  "split: v1 | first",
  "split: ',' | last",
  "remove: v1",
  "slice: 1, 9",
  "truncate: 6, v1",
  "default: v1",
);
const expression = fc
  .tuple(
    fc.constantFrom("v0", "v1", "c", "'#SB'", "'#SBATCH '", "'\n'"),
    fc.array(filter, { maxLength: 4 }),
    fc.constantFrom("raw", "sh", "sbatch", "dq", "py"),
  )
  .map(([start, filters, last]) => [start, ...filters, last].join(" | "));
const piece = fc.oneof(
  { weight: 4, arbitrary: expression.map((text) => `{{ ${text} }}`) },
  { weight: 1, arbitrary: expression.map((text) => `{% echo ${text} %}`) },
  { weight: 1, arbitrary: expression.map((text) => `{% assign c = ${text} %}`) },
  { weight: 1, arbitrary: expression.map((text) => `{% capture c %}{{ ${text} }}x{% endcapture %}`) },
  { weight: 1, arbitrary: expression.map((text) => `{% for i in (1..2) %}{{ ${text} }}{% endfor %}`) },
  { weight: 2, arbitrary: fc.constantFrom("#SB", "ATCH ", " # ", "echo ", "\n", "\n\n") },
  {
    weight: 2,
    arbitrary: fc.constantFrom("\n#SBATCH -n1\n", "\n#SBATCH -J ", "\n#PBS -N a", "\n#SBATCH --comment="),
  },
);

/** A stretch of the template that only an expression fills. */
const gap = "\u0001";

/** The directive lines that the author wrote, cut where an expression may put anything but a line break. */
function ownDirectives(template: string): string[][] {
  const expressions =
    /\{\{[^}]*\}\}|\{% (?:echo|assign)[^%]*%\}|\{% capture.*?endcapture %\}|\{% (?:end)?for[^%]*%\}/gsu;
  const lines = template.replaceAll(expressions, gap).split("\n");
  return lines
    .filter((line) => directives(line.replaceAll(gap, "")).length > 0)
    .map((line) => line.split(gap));
}

/** Whether a line is these parts in their order, with anything between them. A pattern would go back and forth for ever. */
function fits(line: string, parts: readonly string[]): boolean {
  const [first = "", ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return line === first;
  if (!line.startsWith(first) || line.includes("\r")) return false;
  let at = first.length;
  for (const part of rest) {
    const found = line.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return line.endsWith(last) && line.length - last.length >= at;
}

/** What of the lines is left when each is matched by the next line of the author's that it fits, none of them twice. */
function unmatched(lines: readonly string[], own: readonly (readonly string[])[]): string[] {
  const rest = [...own];
  return lines.filter((line) => {
    const index = rest.findIndex((parts) => fits(line, parts));
    rest.splice(0, index < 0 ? rest.length : index + 1);
    return index < 0;
  });
}

test("whatever a template does with whatever values, its directive lines are those that it wrote itself", () => {
  let taken = 0;
  const holds = fc.property(fc.array(piece, { maxLength: 8 }), hostile, hostile, (pieces, v0, v1) => {
    const template = `{% assign c = '' %}#!/bin/sh${pieces.join("")}`;
    const rendered = renderWith(template, v0, v1);
    if (!rendered.ok) return;
    taken += 1;
    expect(unmatched(directives(rendered.text), ownDirectives(template))).toEqual([]);
  });
  fc.assert(holds, { numRuns: 8000 });
  // Or it would hold because nothing renders.
  expect(taken).toBeGreaterThan(1500);
});

test("sbatch reads a value placed with sbatch, sh or dq as the value, or the render is refused", () => {
  let taken = 0;
  const value = fc.string({
    unit: fc.constantFrom(...Array.from(" '\"\\$`#,=-:;()a1é\t")),
    minLength: 1,
    maxLength: 12,
  });
  const place = fc.constantFrom("{{ v0 | sbatch }}", "{{ v0 | sh }}", '"{{ v0 | dq }}"');
  fc.assert(
    fc.property(value, place, (text, placed) => {
      const rendered = renderWith(`#!/bin/sh\n#SBATCH --comment=${placed}\n`, text);
      // Only sh is refused, for a backslash.
      if (!rendered.ok && text.includes("\\") && placed === "{{ v0 | sh }}") return;
      if (!rendered.ok) throw new Error(rendered.failure.sentence);
      taken += 1;
      for (const release of releases) {
        const { options, errors } = readScript(rendered.text, { release });
        expect(errors).toEqual([]);
        expect(options.map(({ name, value: read }) => [name, read])).toEqual([["comment", text]]);
      }
    }),
    { numRuns: 2000 },
  );
  expect(taken).toBeGreaterThan(1000);
});
