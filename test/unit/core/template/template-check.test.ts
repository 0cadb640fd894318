import { expect, test } from "vitest";
import type { JobTemplateSpec } from "../../../../src/api/v1alpha1/job-template.ts";
import type { Parameter } from "../../../../src/api/v1alpha1/parameters.ts";
import { loadSource } from "../../../../src/core/template/source.ts";
import { checkTemplate } from "../../../../src/core/template/template-check.ts";

const specWith = (changes: Partial<JobTemplateSpec>): JobTemplateSpec => ({
  entrypoint: { name: "job.sh", text: "#!/bin/bash\n" },
  ...changes,
});

function problemsOf(spec: JobTemplateSpec): { reason: string; message: string }[] {
  const loaded = loadSource(spec, new Map());
  const problems = loaded.ok ? checkTemplate(spec, loaded.value) : [loaded.problem];
  return problems.map(({ reason, message }) => ({ reason, message }));
}

const messagesOf = (parameter: Parameter): string[] =>
  problemsOf(specWith({ parameters: [parameter] })).map(({ message }) => message);

test("a template with all that a template can have is without fault", () => {
  const spec = specWith({
    parameters: [
      { name: "who", default: "world", maxLength: 40, pattern: "\\S+" },
      { name: "times", type: "Integer", default: "1", minimum: "1", maximum: "10", enum: ["1", "2"] },
      { name: "data", type: "Path" },
    ],
    entrypoint: {
      name: "hello.sh",
      text: "#!/bin/bash\n{% assign shout = who | upcase %}{% for i in (1..times) %}{{ forloop.index }}{{ shout | sh }}{% endfor %}{{ data | sh }}",
    },
    supportFiles: [
      { path: "input/a.in", text: "{{ who | raw }}", render: true },
      { path: "input/b.in", text: "{{ not liquid here" },
    ],
    environment: { variables: [{ name: "OMP_NUM_THREADS", value: "1" }] },
  });
  expect(problemsOf(spec)).toEqual([]);
});

test.each<[Parameter, string]>([
  [
    { name: "x", type: "Integer", minimum: "5", maximum: "1" },
    'parameter "x": the minimum 5 is above the maximum 1; exchange them',
  ],
  [
    { name: "x", type: "Integer", minimum: "5", default: "3" },
    'parameter "x": "3" is below the minimum 5; set spec.parameters[x].default to a whole number of at least 5',
  ],
  [
    { name: "x", type: "Boolean", default: "yes" },
    'parameter "x": "yes" is no Boolean; set spec.parameters[x].default to true or false',
  ],
  [
    { name: "x", type: "Integer", enum: ["1", "two"] },
    'parameter "x": "two" is no Integer; set spec.parameters[x].enum[1] to a whole number such as 12',
  ],
  [
    { name: "x", enum: ["a", "b"], default: "c" },
    'parameter "x": "c" is not one of the values allowed; set spec.parameters[x].default to one of a, b',
  ],
  [
    { name: "x", pattern: "(?=a)" },
    'parameter "x": the pattern "(?=a)" is no RE2 regular expression: invalid or unsupported Perl syntax: `(?=`; correct spec.parameters[].pattern',
  ],
  [
    { name: "x", pattern: "a", default: "b" },
    'parameter "x": "b" does not match the pattern; set spec.parameters[x].default to one line of text that matches a',
  ],
  [
    { name: "empty" },
    'parameter "empty": empty is a word of the Liquid language and cannot be referred to; give it another name',
  ],
])("%j is refused", (parameter, message) => {
  expect(messagesOf(parameter)).toEqual([message]);
});

test("a text is checked as far as it can be without values, with file, line and column", () => {
  const spec = specWith({
    parameters: [{ name: "cutoff", type: "Number" }],
    entrypoint: { name: "job.sh", text: "#!/bin/bash\necho {{ cutof }}\necho {{ other.part }}\n" },
    supportFiles: [{ path: "in.txt", text: "a\n  {% if %}", render: true }],
  });
  expect(problemsOf(spec)).toEqual([
    {
      reason: "InvalidTemplateText",
      message:
        'job.sh:2:9: there is no parameter or variable "cutof"; did you mean "cutoff"? Known are cutoff; declare it in spec.parameters or correct the name',
    },
    {
      reason: "InvalidTemplateText",
      message:
        'job.sh:3:9: there is no parameter or variable "other"; known are cutoff; declare it in spec.parameters or correct the name',
    },
    { reason: "InvalidTemplateText", message: 'in.txt:2:8: invalid value expression: ""' },
  ]);
});

test.each<[string, Partial<JobTemplateSpec>, string]>([
  [
    "a parameter and a variable",
    { parameters: [{ name: "a" }], environment: { variables: [{ name: "PARAM_a", value: "1" }] } },
    'parameter "a": its variable would be PARAM_a, which spec.environment.variables sets too; change spec.variablePrefix or its name',
  ],
  [
    "a parameter and what the launcher sets",
    { parameters: [{ name: "WORK_DIR" }], variablePrefix: "JOB_" },
    'parameter "WORK_DIR": its variable would be JOB_WORK_DIR, which Batchwright sets itself; change spec.variablePrefix or its name',
  ],
  [
    "a variable and what the launcher sets",
    { environment: { variables: [{ name: "BASH_ENV", value: "x" }] } },
    "spec.environment.variables[BASH_ENV]: Batchwright sets BASH_ENV itself; give the variable another name",
  ],
  [
    "a variable with NUL",
    { environment: { variables: [{ name: "A", value: "x\0" }] } },
    "spec.environment.variables[A]: it has a NUL character, which no environment can hold; remove it",
  ],
])("names of variables collide: %s", (_, changes, message) => {
  expect(problemsOf(specWith(changes))).toEqual([{ reason: "InvalidVariables", message }]);
});

test.each([
  ["a directory too", ["a", "a/b"], "a is a file, and a/b needs a directory of that name"],
  ["the entrypoint", ["job.sh"], "job.sh is the entrypoint's name too, and both lie in $JOB_TEMPLATE_DIR"],
  ["below the entrypoint", ["job.sh/a"], "job.sh is a file, and job.sh/a needs a directory of that name"],
])("a support file cannot be %s", (_, paths, sentence) => {
  const supportFiles = paths.map((path) => ({ path, text: "" }));
  expect(problemsOf(specWith({ supportFiles }))).toEqual([
    { reason: "InvalidFiles", message: `spec.supportFiles: ${sentence}; rename one of them` },
  ]);
});
