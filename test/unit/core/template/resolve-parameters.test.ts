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
  { name: "count", type: "Integer", required: true, minimum: "1" },
].map((parameter) => parameter as Parameter);

const required = [
  { name: "must", value: "x" },
  { name: "count", value: "3" },
];
const others = (name: string) => required.filter((given) => given.name !== name);
const tagFix = "one line of text of at most 8 characters that matches [a-z]+(-[a-z]+)*";
const pathFix = "an absolute or relative path without blanks and '..'";
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
    ...required,
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
      { name: "count", type: "Integer", value: "3" },
    ],
  });
  const [cutoff] = (() => {
    const outcome = resolveParameters(declared, required);
    return outcome.ok ? outcome.value : [];
  })();
  expect(cutoff).toEqual({ name: "cutoff", type: "Number", value: "30" });
});

test.each([
  ["cutoff", "1200", "is above the maximum 200", "a decimal number from 10 to 200"],
  ["cutoff", "9.99", "is below the minimum 10", "a decimal number from 10 to 200"],
  ["cutoff", "many", "is no Number", "a decimal number from 10 to 200"],
  ["cutoff", "", "is no Number", "a decimal number from 10 to 200, or leave the parameter out"],
  ["cutoff", "1e400", "is outside what programs can hold (a double)", "a decimal number from 10 to 200"],
  ["cutoff", "1e-400", "is outside what programs can hold (a double)", "a decimal number from 10 to 200"],
  ["steps", "2.0", "is no Integer", "one of 1, 2, 4"],
  ["steps", "3", "is not one of the values allowed", "one of 1, 2, 4"],
  ["seed", "", "is no Integer", "a whole number such as 12, or leave the parameter out"],
  ["seed", "abc", "is no Integer", "a whole number such as 12"],
  ["seed", "1.5", "is no Integer", "a whole number such as 12"],
  ["seed", " 1", "is no Integer", "a whole number such as 12"],
  ["count", "0", "is below the minimum 1", "a whole number of at least 1"],
  ["count", "", "is no Integer", "a whole number of at least 1"],
  ["tag", "Ab", "does not match the pattern", tagFix],
  ["tag", "abcdefghi", "has 9 characters, above the maxLength 8", tagFix],
  ["tag", "", "does not match the pattern", `${tagFix}, or leave the parameter out`],
  ["restart", "yes", "is no Boolean", "true or false"],
  ["restart", "True", "is no Boolean", "true or false"],
  ["restart", "", "is no Boolean", "true or false, or leave the parameter out"],
  ["input", "", "is no Path", `${pathFix}, or leave the parameter out`],
  ["input", "a b", "is no Path: it has a blank or control character", pathFix],
  ["input", "/a/../b", "is no Path: it has a '..' part", pathFix],
  ["label", "a\0b", "has a NUL character, which no value may have", "one line of text"],
  [
    "label",
    "a\ud800",
    "has half a character (a lone surrogate), which no value may have",
    "one line of text",
  ],
  ...["a\nb", "1\n", "true\r\n", "\u2028"].flatMap((value) =>
    [
      ["cutoff", "a decimal number from 10 to 200"],
      ["seed", "a whole number such as 12"],
      ["restart", "true or false"],
      ["input", pathFix],
      ["label", "one line of text"],
    ].map(([name = "", fix = ""]): [string, string, string, string] => [
      name,
      value,
      "has a line break, which no value may have (text of several lines belongs in a support file)",
      fix,
    ]),
  ),
])("%s = %j is refused: it %s", (name, value, broken, fix) => {
  expect(messagesFor({ name, value }, ...others(name))).toEqual([
    `parameter "${name}": ${JSON.stringify(value)} ${broken}; set ${field(name)} to ${fix}`,
  ]);
});

test("an unknown parameter is refused with the name that was probably meant", () => {
  expect(messagesFor({ name: "cutof", value: "1" }, ...required)).toEqual([
    'parameter "cutof": the template has no such parameter; did you mean "cutoff"? Known are cutoff, steps, tag, restart, input, label, seed, must, count; correct the name or remove it from spec.from.template.parameters',
  ]);
});

test("a long list of values, and a long value, are shortened", () => {
  const parameter: Parameter = { name: "x", enum: Array.from({ length: 12 }, (_, index) => `v${index}`) };
  const outcome = resolveParameters([parameter], [{ name: "x", value: "w".repeat(100) }]);
  expect(outcome.ok ? "" : outcome.problem.message).toBe(
    `parameter "x": "${"w".repeat(60)}..." is not one of the values allowed; set ${field("x")} to one of v0, v1, v2, v3, v4, v5, v6, v7, v8, v9 and 2 more`,
  );
});

test("a required parameter without value says what it takes", () => {
  expect(messagesFor({ name: "must", value: "x" })).toEqual([
    `parameter "count": it is required and has no value; set ${field("count")} to a whole number of at least 1`,
  ]);
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
    'parameter "cutoff": "1200" is ',
    'parameter "restart": "no" is n',
    'parameter "must": it is requir',
    'parameter "count": it is requi',
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
