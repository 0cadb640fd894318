import { describe, expect, test } from "vitest";
import type { JobScriptSpec } from "../../../../src/api/v1alpha1/job-script.ts";
import type { JobTemplateSpec } from "../../../../src/api/v1alpha1/job-template.ts";
import {
  neededConfigMaps,
  planScript,
  type ScriptInputs,
} from "../../../../src/core/jobscript/plan-script.ts";
import type { ConfigMapContent } from "../../../../src/core/template/config-maps.ts";

const templateSpec: JobTemplateSpec = {
  parameters: [
    { name: "who", default: "world" },
    { name: "times", type: "Integer", maximum: "9" },
  ],
  entrypoint: {
    name: "hello.sh",
    text: "#!/bin/bash\n#SBATCH -J {{ who | sbatch }}\n#SBATCH --mem=100\necho {{ who | sh }} {{ times }}\n",
  },
  supportFiles: [
    { path: "z/rendered.txt", text: "{{ who | raw }}", render: true },
    { path: "a.bin", base64: "AAEC\nAw==", mode: 0o755 },
  ],
  environment: { modules: ["gcc/13"], variables: [{ name: "OMP", value: "2" }], setup: "set -u" },
  resources: { tasks: 2, memory: "1Gi" },
  outputs: [{ name: "greeted" }],
};

const fromTemplate = (parameters: { name: string; value: string }[] = []): JobScriptSpec => ({
  from: { template: { name: "hello", parameters } },
});

const inputs = (changes: Partial<ScriptInputs> = {}): ScriptInputs => ({
  spec: fromTemplate([{ name: "who", value: "Ada L" }]),
  template: { name: "hello", generation: 4, spec: templateSpec },
  configMaps: new Map(),
  ...changes,
});

const inline = (text: string, name = "job.sh"): ScriptInputs =>
  inputs({ spec: { entrypoint: { name, text } }, template: undefined });

const mapOf = (data: Record<string, string>, binaryData: Record<string, string> = {}): ConfigMapContent => ({
  data,
  binaryData,
});

const problemOf = (given: ScriptInputs) => {
  const outcome = planScript(given);
  return outcome.ok ? undefined : outcome.problem;
};

test("a template and values become signed files, and what sbatch reads of them", () => {
  expect(planScript(inputs())).toEqual({
    ok: true,
    value: {
      script: {
        entrypoint: {
          name: "hello.sh",
          text: "#!/bin/bash\n#SBATCH -J \"Ada L\"\n#SBATCH --mem=100\necho 'Ada L' \n",
        },
        supportFiles: [
          { path: "a.bin", mode: 0o555, base64: "AAECAw==" },
          { path: "z/rendered.txt", mode: 0o444, base64: Buffer.from("Ada L").toString("base64") },
        ],
        environment: { modules: ["gcc/13"], variables: [{ name: "OMP", value: "2" }], setup: "set -u" },
        parameters: [
          { name: "PARAM_who", value: "Ada L" },
          { name: "PARAM_times", value: "" },
        ],
        resources: { tasks: 2, memory: "1Gi" },
        outputs: [{ name: "greeted" }],
        digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/u) as string,
      },
      reading: {
        directives: [
          { option: "job-name", value: "Ada L", line: 2 },
          { option: "mem", value: "100", line: 3 },
        ],
        warnings: [
          {
            file: "hello.sh",
            line: 3,
            column: 9,
            message: "sbatch takes 100 for 100M: write the unit, M, G or T",
          },
        ],
      },
      template: { name: "hello", generation: 4 },
    },
  });
});

test("an inline script is taken as it stands, Liquid's signs included", () => {
  const text = "#!/bin/bash\necho {{ not rendered }} {% %}\n";
  const outcome = planScript(inline(text));
  expect(outcome).toMatchObject({
    ok: true,
    value: { script: { entrypoint: { name: "job.sh", text }, parameters: [] }, template: undefined },
  });
});

describe("waits for", () => {
  test("the template", () => {
    expect(problemOf(inputs({ template: undefined }))).toEqual({
      policy: "waiting",
      reason: "TemplateNotFound",
      message:
        'there is no JobTemplate "hello" in this namespace; create it, or correct spec.from.template.name',
    });
  });

  test("a ConfigMap, and then its key", () => {
    const spec: JobScriptSpec = {
      entrypoint: { name: "job.sh", configMapKeyRef: { name: "files", key: "job.sh" } },
      supportFiles: [{ path: "a", configMapKeyRef: { name: "files", key: "a" } }],
    };
    const given = inputs({ spec, template: undefined });
    expect(neededConfigMaps(spec, undefined)).toEqual(["files"]);
    expect(problemOf(given)).toEqual({
      policy: "waiting",
      reason: "ConfigMapNotFound",
      message:
        'spec.entrypoint.configMapKeyRef: there is no ConfigMap "files" in this namespace; create it, or correct the name\nspec.supportFiles[a].configMapKeyRef: there is no ConfigMap "files" in this namespace; create it, or correct the name',
    });
    const half = new Map([["files", mapOf({ "job.sh": "#!/bin/sh\n" })]]);
    expect(problemOf({ ...given, configMaps: half })).toEqual({
      policy: "waiting",
      reason: "ConfigMapKeyNotFound",
      message:
        'spec.supportFiles[a].configMapKeyRef: ConfigMap "files" has no key "a" (it has job.sh); add the key, or correct its name',
    });
    const whole = new Map([["files", mapOf({ "job.sh": "#!/bin/sh\n" }, { a: "AAE=" })]]);
    expect(planScript({ ...given, configMaps: whole })).toMatchObject({
      ok: true,
      value: { script: { supportFiles: [{ path: "a", base64: "AAE=" }] } },
    });
  });

  test("a value's ConfigMap, whose last line break is no part of the value", () => {
    const values = [{ name: "who", valueFrom: { configMapKeyRef: { name: "settings", key: "who" } } }];
    const spec: JobScriptSpec = { from: { template: { name: "hello", parameters: values } } };
    const given = inputs({ spec });
    expect(neededConfigMaps(spec, given.template)).toEqual(["settings"]);
    expect(problemOf(given)).toMatchObject({ policy: "waiting", reason: "ConfigMapNotFound" });
    const configMaps = new Map([["settings", mapOf({ who: "Grace\n" })]]);
    expect(planScript({ ...given, configMaps })).toMatchObject({
      ok: true,
      value: { script: { parameters: [{ value: "Grace" }, {}] } },
    });
  });
});

test("a value that cannot be right is told while something is still missing, since waiting does not help", () => {
  const spec = { ...templateSpec, entrypoint: { name: "job.sh", configMapKeyRef: { name: "m", key: "k" } } };
  const given = inputs({
    spec: fromTemplate([{ name: "times", value: "12" }]),
    template: { name: "hello", generation: 1, spec },
  });
  expect(problemOf(given)).toEqual({
    policy: "final",
    reason: "InvalidParameterValues",
    message:
      'spec.entrypoint.configMapKeyRef: there is no ConfigMap "m" in this namespace; create it, or correct the name\nparameter "times": "12" is above the maximum 9; set spec.from.template.parameters[times].value to a whole number of at most 9',
  });
});

describe("refuses for good", () => {
  test.each<[string, ScriptInputs, string, string]>([
    [
      "an unknown parameter",
      inputs({ spec: fromTemplate([{ name: "whom", value: "x" }]) }),
      "InvalidParameterValues",
      'parameter "whom": the template has no such parameter; did you mean "who"? Known are who, times; correct the name or remove it from spec.from.template.parameters',
    ],
    [
      "a template that is not valid",
      inputs({
        template: { name: "hello", generation: 1, spec: { entrypoint: { name: "job.sh", text: "{{ x }}" } } },
      }),
      "InvalidTemplate",
      'JobTemplate "hello" is not valid:\njob.sh:1:4: there is no parameter or variable "x"; there are none; declare it in spec.parameters or correct the name',
    ],
    [
      "shell characters without a filter",
      inputs({
        template: {
          name: "hello",
          generation: 1,
          spec: {
            parameters: [{ name: "who" }],
            entrypoint: { name: "job.sh", text: "#!/bin/sh\necho {{ who }}" },
          },
        },
      }),
      "UnquotedValue",
      'job.sh:2:6: parameter "who" has the value "Ada L" with characters that a shell would read as more than text; write {{ who | sh }} (one word of a shell), or | dq (inside double quotes), | py (a Python literal), | sbatch (one word of an #SBATCH line), | raw (as it is, at your own risk)',
    ],
    [
      "a script without #!",
      inline("echo hello\n"),
      "InvalidScript",
      'job.sh:1:1: the script does not begin with "#!"; sbatch wants the interpreter in the first two bytes, e.g. #!/bin/bash',
    ],
    [
      "CRLF",
      inline("#!/bin/sh\r\necho\r\n"),
      "InvalidScript",
      "job.sh:1:10: the line ends in CR LF; sbatch refuses DOS line breaks anywhere in a script: save it with LF (dos2unix)",
    ],
    [
      "a variable that Batchwright sets",
      inputs({
        spec: {
          entrypoint: { name: "job.sh", text: "#!/bin/sh\n" },
          environment: { variables: [{ name: "JOB_OUTPUTS", value: "x" }] },
        },
        template: undefined,
      }),
      "InvalidVariables",
      "spec.environment.variables[JOB_OUTPUTS]: Batchwright sets JOB_OUTPUTS itself; give the variable another name",
    ],
  ])("%s", (_, given, reason, message) => {
    expect(problemOf(given)).toEqual({ policy: "final", reason, message });
  });

  test.each([
    ["a bad option", "#!/bin/sh\n#SBATCH --nosuch=1\n", /^job\.sh:2:9: .*nosuch/u],
    ["a bad value", "#!/bin/sh\n#SBATCH -n1 --time=90s\n", /^job\.sh:2:13: .*90s/u],
    ["a reserved option", "#!/bin/sh\n\n#SBATCH --uid=0\n", /^job\.sh:3:9: .*uid/u],
  ])("%s, with line and column", (_, text, message) => {
    expect(problemOf(inline(text))).toMatchObject({ policy: "final", reason: "InvalidScript" });
    expect(problemOf(inline(text))?.message).toMatch(message);
  });

  test("an option that only the values made wrong, told in lines of the rendered text", () => {
    const spec: JobTemplateSpec = {
      parameters: [{ name: "limit" }],
      entrypoint: { name: "job.sh", text: "#!/bin/sh\n#SBATCH --time={{ limit }}\n" },
    };
    const given = inputs({
      spec: fromTemplate([{ name: "limit", value: "90s" }]),
      template: { name: "hello", generation: 1, spec },
    });
    expect(problemOf(given)?.message).toMatch(/^in the rendered text, job\.sh:2:9: /u);
  });
});
