import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { checkScript } from "../../../../src/core/jobscript/script-text-check.ts";
import { render } from "../../../../src/core/render/render.ts";
import { checkDirectives } from "../../../../src/core/template/directive-check.ts";

const codesOf = (text: string): string[] => {
  const { errors, warnings } = checkDirectives(text);
  return [...errors, ...warnings].map(({ line, column, code }) => `${line}:${column} ${code}`);
};

const script = (...lines: readonly string[]): string => ["#!/bin/bash", ...lines, ""].join("\n");

describe("told of the template, before any value is known:", () => {
  test.each<[string, string, string[]]>([
    ["a misspelt option", script("#SBATCH --tiem=5"), ["2:9 UnknownOption"]],
    ["a bad value", script("#SBATCH --nodes=two"), ["2:9 BadValue"]],
    ["a reserved option", script("", "#SBATCH --wait"), ["3:9 ReservedOption"]],
    ["an option without its value", script("#SBATCH --time"), ["2:9 MissingArgument"]],
    [
      "options that exclude each other",
      script("#SBATCH --mem=1G", "#SBATCH --mem-per-cpu=1G"),
      ["3:9 ExcludingOptions"],
    ],
    ["a script without interpreter", "echo\n{{ x }}\n", ["1:1 NoInterpreter"]],
    ["an empty text", "", ["1:1 Empty"]],
    ["a line that is no directive", script("# SBATCH --time=5"), ["2:1 NoDirective"]],
    ["memory without unit", script("#SBATCH --mem 4"), ["2:9 NoMemoryUnit"]],
    ["a directive behind the first command", script("echo {{ x }}", "echo", "#SBATCH -n 3"), []],
    [
      "a directive behind a command of its own",
      script("echo", "echo {{ x }}", "#SBATCH -n 3"),
      ["4:1 AfterCommand"],
    ],
    [
      "behind a value on a line of its own option",
      script("#SBATCH --time={{ x }}", "#SBATCH --tiem=5"),
      ["3:9 UnknownOption"],
    ],
    [
      "behind a quoted value",
      script("#SBATCH --job-name={{ x | sbatch }}", "#SBATCH --tiem=5"),
      ["3:9 UnknownOption"],
    ],
    [
      "the second word behind a value that may be empty",
      script("#SBATCH -J {{ x }}", "#SBATCH --exclusive --tiem=5"),
      ["3:21 UnknownOption"],
    ],
    [
      "behind tags and comments",
      script(
        "{% assign y = x %}",
        "# for {{ x }}",
        "{% comment %}",
        "# why",
        "{% endcomment %}",
        "#SBATCH --tiem=5",
      ),
      ["7:9 UnknownOption"],
    ],
    [
      "behind a choice between directives",
      script(
        "{% if x %}#SBATCH --exclusive",
        "{% endif %}",
        "{% if x %}",
        "#SBATCH --gres=gpu:{{ x }}",
        "{% else %}",
        "#SBATCH -n 1",
        "{% endif %}",
        "#SBATCH --tiem=5",
      ),
      ["9:9 UnknownOption"],
    ],
    [
      "behind a choice within a value",
      script("#SBATCH --mem={% if x %}100{% else %}10{% endif %}G", "#SBATCH --tiem=5"),
      ["3:9 UnknownOption"],
    ],
  ])("%s", (_, text, codes) => {
    expect(codesOf(text)).toEqual(codes);
  });
});

describe("left to the script:", () => {
  test.each<[string, string]>([
    ["a line with a value", script("#SBATCH --tiem={{ x }}")],
    ["a line within a choice", script("{% if x %}", "#SBATCH --tiem=5", "{% endif %}")],
    [
      "a line within a loop, a comment, raw text",
      script(
        "{% for i in (1..2) %}",
        "#SBATCH --tiem=5",
        "{% endfor %}{% comment %}",
        "#SBATCH --tiem=5",
        "{% endcomment %}{% raw %}",
        "#SBATCH --tiem=5",
        "{% endraw %}",
      ),
    ],
    ["a line that trimming joins to the one before", script("echo {% assign y = x -%}", "#SBATCH --tiem=5")],
    ["a line that trimming takes the end of", script("#SBATCH --tiem=5", "{%- if x %}m{% endif %}")],
    ["what stands behind a line that may be a command", script("{{ x }}", "#SBATCH --tiem=5")],
    [
      "what stands behind a choice that may be a command",
      script("{% if x %}", "set -x", "{% endif %}", "#SBATCH --tiem=5"),
    ],
    [
      "what stands behind a choice whose # may be left out",
      script("{% if x %}#{% endif %}echo", "#SBATCH --tiem=5"),
    ],
    ["what stands behind an echo", script("{% liquid echo x %}", "#SBATCH --tiem=5")],
    ["what stands behind a break", script("{% if x %}{% break %}{% endif %}", "#SBATCH --tiem=5")],
    ["a word that may be the value of the option before", script("#SBATCH -J {{ x }}", "#SBATCH --tiem=5")],
    [
      "a word that may be the value of a raw text's option",
      script("#SBATCH --comment={{ x | raw }}", "#SBATCH --tiem=5"),
    ],
    [
      "a word behind a choice that hangs",
      script("{% if x %}", "#SBATCH -J", "{% endif %}", "#SBATCH --tiem=5"),
    ],
    [
      "an option whose value a later line may bring",
      script("#SBATCH --mem", "{% if x %}", "#SBATCH 5G", "{% endif %}"),
    ],
    [
      "options of which a value may take one back",
      script("#SBATCH --mem=1G", "#SBATCH --mem-per-cpu=1G", "#SBATCH {{ x }}"),
    ],
    ["a value that may be said again", script("#SBATCH --hint=fast", "#SBATCH --hint={{ x }}")],
    ["a first line that trimming takes away", "\n{%- assign y = x -%}\n#!/bin/bash\n"],
    ["#PBS lines", script("#PBS -Z", "#SBATCH {{ x }}")],
  ])("%s", (_, text) => {
    expect(codesOf(text)).toEqual([]);
  });
});

/** Every text of these that renders to a script which sbatch takes must be without errors, whatever was left out of account above. */
const fragment = fc.constantFrom(
  "#!/bin/bash\n",
  "#SBATCH ",
  "#SBATCH",
  "#",
  "# ",
  "\n",
  "\n",
  "\n",
  " ",
  "echo hi\n",
  "SBATCH",
  "#PBS -N a\n",
  "#SBATCH --tiem=5\n",
  "#SBATCH --time=5\n",
  "#SBATCH --mem\n",
  "#SBATCH -J\n",
  "#SBATCH 5G\n",
  "#SBATCH -n 1 --tiem=5\n",
  "#SBATCH hetjob\n",
  "#SBATCH --mem=1G\n",
  "#SBATCH --mem-per-cpu=1G\n",
  "#SBATCH --hint=fast\n",
  "--time=",
  "--comment=",
  "-J ",
  "--tiem=5",
  '"',
  "'",
  "\\",
  ":",
  "{{ a }}",
  "{{ b }}",
  "{{ a | sbatch }}",
  "{{ b | raw }}",
  '"{{ b | dq }}"',
  "{{- a }}",
  "{{ a -}}",
  "{{ b | raw -}}",
  "{% if c %}",
  "{%- if c -%}",
  "{% else %}",
  "{%- else -%}",
  "{% endif %}",
  "{%- endif -%}",
  "{% endif -%}",
  "{% unless c %}",
  "{% endunless %}",
  "{% for i in (1..2) %}",
  "{% endfor %}",
  "{% assign d = a %}",
  "{%- assign d = a -%}",
  "{% comment %}",
  "{% endcomment %}",
  "{% raw %}",
  "{% endraw %}",
  "{% capture d %}",
  "{% endcapture %}",
  "{% echo b %}",
  "{% liquid echo a %}",
  "{% break %}",
  "{% liquid break %}",
  "{% # x %}",
);
const value = fc.constantFrom(
  "",
  "x",
  "5",
  "-J",
  "--comment=x",
  "--",
  "hetjob",
  "--hint=nomultithread",
  "# x",
  "--comment=x -J",
  "--time",
);

describe("no template that makes a sound script is refused", () => {
  test.each([1, 2, 3])("(course %i)", (seed) => {
    let sound = 0;
    const texts = fc
      .array(fragment, { minLength: 1, maxLength: 14 })
      .map((parts) => `#!/bin/bash\n${parts.join("")}`);
    fc.assert(
      fc.property(texts, value, value, fc.boolean(), (text, a, b, c) => {
        const parameters = [
          { name: "a", type: "String" as const, value: a },
          { name: "b", type: "String" as const, value: b },
          { name: "c", type: "Boolean" as const, value: String(c) },
        ];
        const rendered = render({ file: "job.sh", text, parameters });
        if (!rendered.ok || !checkScript({ name: "job.sh", text: rendered.text }).ok) return;
        sound += 1;
        expect(checkDirectives(text).errors).toEqual([]);
      }),
      { numRuns: 6000, seed },
    );
    // Else the property would hold for want of cases.
    expect(sound).toBeGreaterThan(500);
  });
});

test.each<[string, string]>([
  [
    "blanks",
    script("{% if x %}", `#SBATCH${" ".repeat(300_000)}x`, `${" ".repeat(300_000)}x`, "{% endif %}"),
  ],
  ["tags", script(`${"{% assign y = x %}  ".repeat(4000)}x`)],
  [
    "directives",
    script("{% if x %}", ...Array.from({ length: 40_000 }, () => "#SBATCH -n 1"), "{% endif %}"),
  ],
])("a text with very many %s is judged at once", (_, text) => {
  const started = performance.now();
  checkDirectives(text);
  expect(performance.now() - started).toBeLessThan(2000);
});
