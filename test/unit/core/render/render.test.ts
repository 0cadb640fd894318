import { describe, expect, test } from "vitest";
import type { TextFailure } from "../../../../src/core/render/failure.ts";
import { render, type Rendered } from "../../../../src/core/render/render.ts";
import { checkText } from "../../../../src/core/template/text-check.ts";
import type { ResolvedParameter } from "../../../../src/core/template/resolve-parameters.ts";

const parameters: ResolvedParameter[] = [
  { name: "who", type: "String", value: "Ada Lovelace" },
  { name: "plain", type: "String", value: "x86-64_v3" },
  { name: "empty_one", type: "String", value: undefined },
  { name: "times", type: "Integer", value: "3" },
  { name: "huge", type: "Integer", value: "90071992547409931234" },
  { name: "cutoff", type: "Number", value: "1.50" },
  { name: "flag", type: "Boolean", value: "false" },
  { name: "data", type: "Path", value: "/scratch/a'b" },
];

const renderText = (text: string, file = "job.sh") => render({ file, text, parameters });

const sentenceOf = (rendered: Rendered): string => (rendered.ok ? "" : rendered.failure.sentence);

const failuresOf = (rendered: Rendered): TextFailure[] => (rendered.ok ? [] : [rendered.failure]);

function textOf(text: string, file?: string): string {
  const rendered = renderText(text, file);
  if (!rendered.ok) throw new Error(rendered.failure.sentence);
  return rendered.text;
}

test.each([
  ["{{ plain }}", "x86-64_v3"],
  ["{{ who | sh }} {{ data | sh }}", String.raw`'Ada Lovelace' '/scratch/a'\''b'`],
  ['"{{ who | append: "$" | dq }}"', String.raw`"Ada Lovelace\$"`],
  ["{{ who | py }} {{ times | py }} {{ flag | py }} {{ empty_one | py }}", "'Ada Lovelace' 3 False None"],
  ["#SBATCH -J {{ who | sbatch }}", '#SBATCH -J "Ada Lovelace"'],
  ["{{ who | raw }}", "Ada Lovelace"],
  ["{% if flag %}yes{% else %}no{% endif %}", "no"],
  ["{% if empty_one %}yes{% endif %}[{{ empty_one }}]", "[]"],
  ["{% for i in (1..times) %}{{ i }},{% endfor %}", "1,2,3,"],
  ["{{ times | times: 2 | plus: 1 }}", "7"],
  ["{{ huge }}{% if huge > 5 %} is large{% endif %}", "90071992547409931234 is large"],
  ["{{ cutoff }} {{ cutoff | append: 'Ry' }} {{ cutoff | plus: 1 }}", "1.50 1.50Ry 2.5"],
  ["{% if cutoff == 1.5 %}same{% endif %}{% if cutoff > 1.4 %} more{% endif %}", "same more"],
  ["{% assign q = who | sh %}{{ q }}", "'Ada Lovelace'"],
  ["{% capture c %}a{{ plain }}{% endcapture %}{{ c | upcase }}", "AX86-64_V3"],
  ["{% raw %}{{ not_liquid }}{% endraw %}", "{{ not_liquid }}"],
  ["{% liquid\n echo cutoff\n%}", "1.50"],
  ["{{ 'a,b' | split: ',' | join: '\n' | raw }}", "a\nb"],
])("%s gives %s", (template, expected) => {
  expect(textOf(template)).toBe(expected);
});

describe("a value with characters special to a shell and no filter is refused, with the filter for the place", () => {
  const others =
    "| dq (inside double quotes), | py (a Python literal), | sbatch (one word of an #SBATCH line), | raw (as it is, at your own risk)";
  test("in a shell script", () => {
    expect(renderText("#!/bin/bash\necho hello {{ who }}!\n")).toEqual({
      ok: false,
      failure: {
        reason: "UnquotedValue",
        position: { file: "job.sh", line: 2, column: 12 },
        sentence: `parameter "who" has the value "Ada Lovelace" with characters that a shell would read as more than text; write {{ who | sh }} (one word of a shell), or ${others}`,
      },
    });
  });

  test.each([
    ["#SBATCH -J {{ who }}\n", "job.sh", "write {{ who | sbatch }} "],
    ["print({{ who }})\n", "fit.py", "write {{ who | py }} "],
    ["{{- who | upcase -}}", "job.sh", "write {{- who | upcase | sh -}} "],
    ["{% echo who %}", "job.sh", "write {% echo who | sh %} "],
    ["{% liquid\necho who\n%}", "job.sh", "write echo who | sh "],
    ["{% capture c %}{{ who | sh }}{% endcapture %}{{ c }}", "job.sh", "this expression has the value"],
    ["{{ who | sh | append: '' }}", "job.sh", 'parameter "who" has the value "\'Ada Lovelace\'"'],
  ])("%s in %s", (text, file, part) => {
    const rendered = renderText(text, file);
    expect(rendered).toMatchObject({ ok: false, failure: { reason: "UnquotedValue" } });
    expect(sentenceOf(rendered)).toContain(part);
  });
});

test.each([
  ["a\n  {{ n", 2, 3, 'output "{{ n" not closed'],
  ["{% if times %}", 1, 1, "tag {% if times %} not closed"],
  ["x {{ whoo }}", 1, 6, 'there is no parameter or variable "whoo"; did you mean "who"?'],
  ["{{ who | shh }}", 1, 1, 'there is no filter "shh"; did you mean "sh"?'],
  ["{% include 'x' %}", 1, 1, 'there is no tag "include" here; known are #, assign, break, capture,'],
  ["{% increment times %}", 1, 1, 'there is no tag "increment" here'],
  ["{{ 'now' | date }}", 1, 1, 'there is no filter "date"'],
  ["{{ huge | plus: 1 }}", 1, 1, "arithmetic on an Integer beyond 2^53 would round it"],
])("%s fails at %i:%i", (text, line, column, part) => {
  const rendered = renderText(text);
  expect(rendered).toMatchObject({
    ok: false,
    failure: { reason: "InvalidTemplateText", position: { file: "job.sh", line, column } },
  });
  expect(sentenceOf(rendered)).toContain(part);
});

test.each([
  ["a range without end", "{% for i in (1..900000000) %}{% endfor %}"],
  ["loops in loops", "{% for i in (1..1000) %}{% for j in (1..1000) %}x{% endfor %}{% endfor %}"],
  [
    "text that doubles",
    "{% assign x = 'aaaaaaaa' %}{% for i in (1..60) %}{% assign x = x | append: x %}{% endfor %}",
  ],
  [
    "a capture that doubles",
    "{% assign x = 'aa' %}{% for i in (1..60) %}{% capture x %}{{ x }}{{ x }}{% endcapture %}{% endfor %}",
  ],
])("%s is stopped", (_, text) => {
  expect(renderText(text)).toMatchObject({ ok: false, failure: { reason: "InvalidTemplateText" } });
});

/** Half of what a template may be long, or more. */
const long = 200_000;

test.each([
  ["blanks in an expression", `{{ who ${" ".repeat(long)} }}`],
  ["an expression that quotes file names", `{{ who | ${", file:".repeat(long / 7)} }}`],
  ["a name", `{{ ${"a".repeat(long)} }}`],
  ["names in one expression", `{{ ${"a | append: ".repeat(long / 12)} a }}`],
  ["expressions", Array.from({ length: long / 8 }, (_, index) => `{{ v${index} }}`).join("")],
  ["nesting", `${"{% if flag %}".repeat(long / 20)}${"{% endif %}".repeat(long / 20)}`],
  ["open tags", "{% if flag %}".repeat(long / 13)],
  [
    "directives and values",
    `${"#SBATCH -n1\n".repeat(long / 12)}{% for i in (1..20000) %}{{ i }}{% endfor %}`,
  ],
])("a hostile template of many %s is answered in good time, with a message that can be read", (_, text) => {
  const started = performance.now();
  const answers = [
    ...checkText({ file: "job.sh", text, names: parameters.map(({ name }) => name) }),
    ...failuresOf(renderText(text)),
  ];
  expect(performance.now() - started).toBeLessThan(4000);
  expect(answers.filter(({ sentence }) => sentence.length > 2000)).toEqual([]);
});

test("prototypes, constructors and the values' own methods are out of reach", () => {
  for (const name of ["__proto__", "constructor", "toString"]) {
    expect(renderText(`{{ who.${name} }}`)).toMatchObject({ ok: false });
    expect(renderText(`{{ cutoff.${name} }}`)).toMatchObject({ ok: false });
    expect(renderText(`{{ ${name} }}`)).toMatchObject({ ok: false });
  }
});
