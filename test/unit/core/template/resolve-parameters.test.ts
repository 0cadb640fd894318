import { expect, test } from "vitest";
import type { Parameter } from "../../../../src/api/v1alpha1/parameters.ts";
import { resolveParameters } from "../../../../src/core/template/resolve-parameters.ts";

const declared: Parameter[] = [
  { name: "cutoff", type: "Number", minimum: "10", maximum: "200", default: "30" },
  { name: "steps", type: "Integer", enum: ["1", "2", "4"] },
  { name: "tag", type: "String", pattern: "[a-z]+(-[a-z]+)*", maxLength: 8 },
  { name: "restart", type: "Boolean" },
  { name: "input", type: "Path" },
  { name: "label" },
  { name: "seed", type: "Integer" },
  { name: "must", required: true, default: undefined },
].map((parameter) => parameter as Parameter);

const must = { name: "must", value: "x" };
const field = (name: string) => `spec.from.template.parameters[${name}].value`;

function messagesFor(...given: { name: string; value: string }[]): string[] {
  const outcome = resolveParameters(declared, given);
  return outcome.ok ? [] : outcome.problem.message.split("\n");
}

test("defaults fill in, absent parameters are empty, and values take their canonical form", () => {
  const given = [
    { name: "cutoff", value: "45.50" },
    { name: "steps", value: "+02" },
    { name: "restart", value: "true" },
    { name: "seed", value: "-000" },
    must,
  ];
  expect(resolveParameters(declared, given)).toEqual({
    ok: true,
    value: [
      { name: "cutoff", type: "Number", value: "45.50" },
      { name: "steps", type: "Integer", value: "2" },
      { name: "tag", type: "String", value: undefined },
      { name: "restart", type: "Boolean", value: "true" },
      { name: "input", type: "Path", value: undefined },
      { name: "label", type: "String", value: undefined },
      { name: "seed", type: "Integer", value: "0" },
      { name: "must", type: "String", value: "x" },
    ],
  });
  const [cutoff] = (() => {
    const outcome = resolveParameters(declared, [must]);
    return outcome.ok ? outcome.value : [];
  })();
  expect(cutoff).toEqual({ name: "cutoff", type: "Number", value: "30" });
});

test.each([
  [
    "cutoff",
    "1200",
    `parameter "cutoff": 1200 is above the maximum 200; set ${field("cutoff")} to at most 200`,
  ],
  [
    "cutoff",
    "9.99",
    `parameter "cutoff": 9.99 is below the minimum 10; set ${field("cutoff")} to at least 10`,
  ],
  [
    "cutoff",
    "many",
    `parameter "cutoff": "many" is no Number; set ${field("cutoff")} to a decimal number such as 0.5 or 1e-6`,
  ],
  [
    "cutoff",
    "1e400",
    `parameter "cutoff": "1e400" is outside what programs can hold (a double); set ${field("cutoff")} to a decimal number such as 0.5 or 1e-6`,
  ],
  [
    "cutoff",
    "1e-400",
    `parameter "cutoff": "1e-400" is outside what programs can hold (a double); set ${field("cutoff")} to a decimal number such as 0.5 or 1e-6`,
  ],
  [
    "steps",
    "2.0",
    `parameter "steps": "2.0" is no Integer; set ${field("steps")} to a whole number such as 12`,
  ],
  ["steps", "3", `parameter "steps": "3" is not one of 1, 2, 4; set ${field("steps")} to one of them`],
  [
    "tag",
    "Ab",
    `parameter "tag": "Ab" does not match the pattern [a-z]+(-[a-z]+)*; set ${field("tag")} to a text that matches it`,
  ],
  [
    "tag",
    "abcdefghi",
    `parameter "tag": "abcdefghi" has 9 characters, above the maxLength 8; set ${field("tag")} to at most 8 characters`,
  ],
  ["restart", "yes", `parameter "restart": "yes" is no Boolean; set ${field("restart")} to true or false`],
  [
    "input",
    "",
    `parameter "input": an empty text is no Path; set ${field("input")} to an absolute or relative path`,
  ],
  [
    "input",
    "a b",
    `parameter "input": "a b" is no Path: it has a blank or control character; set ${field("input")} to a path without`,
  ],
  [
    "input",
    "/a/../b",
    `parameter "input": "/a/../b" is no Path: it has a '..' part; set ${field("input")} to the path without '..'`,
  ],
  [
    "label",
    "a\nb",
    `parameter "label": "a\\nb" has a line break, which no value may have; set ${field("label")} to one line; text of several lines belongs in a support file`,
  ],
  [
    "label",
    "a\rb",
    `parameter "label": "a\\rb" has a line break, which no value may have; set ${field("label")} to one line; text of several lines belongs in a support file`,
  ],
  [
    "label",
    "a\0b",
    `parameter "label": "a\\u0000b" has a NUL character; set ${field("label")} to text without NUL`,
  ],
  [
    "label",
    "a\ud800",
    `parameter "label": "a\\ud800" has half a character (a lone surrogate); set ${field("label")} to valid Unicode text`,
  ],
  [
    "cutof",
    "1",
    'parameter "cutof": the template has no such parameter; did you mean "cutoff"? Known are cutoff, steps, tag, restart, input, label, seed, must; correct the name or remove it from spec.from.template.parameters',
  ],
])("%s = %j is refused", (name, value, message) => {
  expect(messagesFor({ name, value }, must)).toEqual([message]);
});

test("everything that is wrong is told at once", () => {
  const outcome = resolveParameters(declared, [
    { name: "cutoff", value: "1200" },
    { name: "restart", value: "no" },
    { name: "nothing", value: "" },
  ]);
  expect(outcome).toMatchObject({
    ok: false,
    problem: { policy: "final", reason: "InvalidParameterValues" },
  });
  expect(outcome.ok ? [] : outcome.problem.message.split("\n").map((line) => line.slice(0, 30))).toEqual([
    'parameter "nothing": the templ',
    'parameter "cutoff": 1200 is ab',
    'parameter "restart": "no" is n',
    'parameter "must": it is requir',
  ]);
});

test("characters count as people count them", () => {
  expect(resolveParameters([{ name: "x", maxLength: 2 }], [{ name: "x", value: "😀😀" }]).ok).toBe(true);
});

test("a pattern that takes a backtracking engine centuries is answered at once", () => {
  const parameter: Parameter = { name: "x", pattern: "(a+)+$" };
  const started = performance.now();
  expect(resolveParameters([parameter], [{ name: "x", value: `${"a".repeat(30_000)}!` }]).ok).toBe(false);
  expect(performance.now() - started).toBeLessThan(2000);
});
