import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readRendered, storedConfigMap } from "../../../src/core/jobscript/stored-script.ts";
import { messageOf, type Printed, RenderBench } from "../templates/render-bench.ts";
import { configMap, fromTemplate, greeting, inline, script, template } from "./objects.ts";

let bench: RenderBench;
beforeAll(async () => {
  bench = await RenderBench.open();
  await bench.apply(template("greeting", greeting));
});
afterAll(async () => bench[Symbol.asyncDispose]());

async function storedOf({ status }: Printed) {
  const stored = await bench.get("configmap", status?.filesRef?.name ?? "");
  return { stored, read: readRendered(storedConfigMap.parse(stored), status?.digest ?? "") };
}

test("a script is rendered once, signed, stored in a ConfigMap of its own, and not written again", async () => {
  await bench.apply(fromTemplate("ada", "greeting", { who: "Ada L", times: "+03" }));
  const object = await bench.settled("jobscript", "ada", "True Rendered");
  expect(object.metadata.labels).toEqual({ "batchwright.dev/template": "greeting" });
  expect(object.status).toMatchObject({
    template: { name: "greeting", generation: 1 },
    directives: [{ option: "job-name", value: "Ada L", line: 2 }],
    warnings: [],
  });
  expect(messageOf(object)).toBe('Rendered from JobTemplate "greeting", generation 1.');
  const { stored, read } = await storedOf(object);
  expect(stored.immutable).toBe(true);
  expect(stored.metadata.ownerReferences).toEqual([
    {
      apiVersion: "batchwright.dev/v1alpha1",
      kind: "JobScript",
      name: "ada",
      uid: object.metadata.uid,
      controller: true,
      blockOwnerDeletion: true,
    },
  ]);
  expect(read).toEqual({
    ok: true,
    value: {
      entrypoint: {
        name: "hello.sh",
        text: "#!/bin/bash\n#SBATCH --job-name=\"Ada L\"\nfor i in $(seq 3); do echo hello 'Ada L'; done\n",
      },
      supportFiles: [
        { path: "in/greeting.txt", mode: 0o444, base64: Buffer.from("hello Ada L\n").toString("base64") },
      ],
      environment: { modules: [], variables: [] },
      parameters: [
        { name: "PARAM_who", value: "Ada L" },
        { name: "PARAM_times", value: "3" },
        { name: "PARAM_input", value: "" },
      ],
      resources: { tasks: 1, memory: "100Mi" },
      outputs: [{ name: "greeted" }],
      digest: object.status?.digest,
    },
  });
  expect(await bench.eventsOn("JobScript", "ada")).toEqual([
    { event: "Normal Rendered", note: messageOf(object) },
  ]);
  expect(await bench.writesWhenWoken(bench.scripts, "ada")).toBe(0);
});

test("an inline script is stored as it stands, and what surprises in it is a warning with line and column", async () => {
  const text = "#!/bin/bash\n#SBATCH --mem=100\necho {{ not liquid }}\n#SBATCH -n 3\n";
  await bench.apply(inline("plain", text));
  const object = await bench.settled("jobscript", "plain", "True Rendered");
  expect(object.status?.warnings).toMatchObject([
    { file: "job.sh", line: 2, column: 9 },
    { file: "job.sh", line: 4, column: 1 },
  ]);
  expect((await storedOf(object)).read).toMatchObject({ ok: true, value: { entrypoint: { text } } });
  expect((await bench.eventsOn("JobScript", "plain")).map(({ event }) => event).sort()).toEqual([
    "Normal Rendered",
    "Warning ScriptWarnings",
  ]);
});

describe("what cannot come right is told at once, and Stalled", () => {
  const long = "#!/bin/sh\n#".concat("x".repeat(200_000), "\n");
  const huge = Array.from({ length: 6 }, (_, index) => ({ path: `f${index}`, text: "x".repeat(200_000) }));
  const open = {
    parameters: [{ name: "who" }],
    entrypoint: { name: "job.sh", text: "#!/bin/sh\necho {{ who }}\n" },
  };
  const parameter = (name: string, values: Readonly<Record<string, string>>): string =>
    fromTemplate(name, "greeting", values);
  const field = (name: string): string => `spec.from.template.parameters[${name}].value`;

  test.each<[string, string[], string, string]>([
    [
      "unknown-parameter",
      [parameter("unknown-parameter", { whom: "x" })],
      "InvalidParameterValues",
      'parameter "whom": the template has no such parameter; did you mean "who"? Known are who, times, input;',
    ],
    [
      "wrong-type",
      [parameter("wrong-type", { times: "often" })],
      "InvalidParameterValues",
      `parameter "times": "often" is no Integer; set ${field("times")} to a whole number from 1 to 10`,
    ],
    [
      "out-of-range",
      [parameter("out-of-range", { times: "11" })],
      "InvalidParameterValues",
      `parameter "times": "11" is above the maximum 10; set ${field("times")} to a whole number from 1 to 10`,
    ],
    [
      "bad-path",
      [parameter("bad-path", { input: "../x" })],
      "InvalidParameterValues",
      `parameter "input": "../x" is no Path: it has a '..' part; set ${field("input")} to an absolute or relative path without blanks and '..'`,
    ],
    [
      "newline",
      [parameter("newline", { who: "x\n#SBATCH --uid=0" })],
      "InvalidParameterValues",
      `parameter "who": "x\\n#SBATCH --uid=0" has a line break, which no value may have (`,
    ],
    [
      "missing-required",
      [
        template("demanding", {
          parameters: [{ name: "must", required: true }],
          entrypoint: { name: "a.sh", text: "#!/bin/sh\n" },
        }),
        fromTemplate("missing-required", "demanding"),
      ],
      "InvalidParameterValues",
      `parameter "must": it is required and has no value; set ${field("must")}`,
    ],
    [
      "unquoted",
      [template("open", open), fromTemplate("unquoted", "open", { who: "$(id)" })],
      "UnquotedValue",
      'job.sh:2:6: parameter "who" has the value "$(id)" with characters that a shell would read as more than text; write {{ who | sh }} (one word of a shell), or | dq',
    ],
    [
      "directive",
      [
        template("directive", {
          ...open,
          entrypoint: { name: "job.sh", text: "#!/bin/sh\n{{ who | raw }}\n" },
        }),
        fromTemplate("directive", "directive", { who: "#SBATCH --exclusive" }),
      ],
      "UnsafeDirective",
      'job.sh:2:1: (of the rendered text) the value "#SBATCH --exclusive" would make a directive line;',
    ],
    [
      "bad-template",
      [
        template("bad", { entrypoint: { name: "job.sh", text: "{% if %}" } }),
        fromTemplate("bad-template", "bad"),
      ],
      "InvalidTemplate",
      'JobTemplate "bad" is not valid:\njob.sh:1:6: ',
    ],
    [
      "no-interpreter",
      [inline("no-interpreter", "echo hello\n")],
      "InvalidScript",
      'job.sh:1:1: the script does not begin with "#!"',
    ],
    [
      "crlf",
      [inline("crlf", "#!/bin/sh\r\necho\r\n")],
      "InvalidScript",
      "job.sh:1:10: the line ends in CR LF;",
    ],
    [
      "bad-directive",
      [inline("bad-directive", "#!/bin/sh\n#SBATCH -n 1 --tiem=5\n")],
      "InvalidScript",
      "job.sh:2:14: ",
    ],
    [
      "reserved-option",
      [inline("reserved-option", "#!/bin/sh\n\n#SBATCH --uid=0\n")],
      "InvalidScript",
      "job.sh:3:9: --uid ",
    ],
    [
      "too-large",
      [script("too-large", { entrypoint: { name: "job.sh", text: long }, supportFiles: huge })],
      "TooLarge",
      "the rendered files have 1400",
    ],
  ])("%s", async (name, objects, reason, message) => {
    for (const object of objects) await bench.apply(object);
    const printed = await bench.settled("jobscript", name, `False ${reason} Stalled`);
    expect(messageOf(printed).slice(0, message.length)).toBe(message);
    expect(printed.status).not.toHaveProperty("digest");
    expect(await bench.eventsOn("JobScript", name)).toEqual([
      { event: `Warning ${reason}`, note: expect.stringContaining(message.slice(0, 80)) as string },
    ]);
    expect(await bench.writesWhenWoken(bench.scripts, name)).toBe(0);
  });

  test("and a corrected spec is rendered without more", async () => {
    await bench.apply(parameter("corrected", { times: "11" }));
    await bench.settled("jobscript", "corrected", "False InvalidParameterValues Stalled");
    await bench.apply(parameter("corrected", { times: "10" }));
    const object = await bench.settled("jobscript", "corrected", "True Rendered");
    expect((await storedOf(object)).read).toMatchObject({ ok: true });
  });
});

describe("what is not there yet is waited for", () => {
  test("the template, whenever it comes", async () => {
    await bench.apply(fromTemplate("early", "late-template"));
    const waiting = await bench.settled("jobscript", "early", "False TemplateNotFound Reconciling");
    expect(messageOf(waiting)).toBe(
      'there is no JobTemplate "late-template" in this namespace; create it, or correct spec.from.template.name',
    );
    await bench.apply(template("late-template", greeting));
    await bench.settled("jobscript", "early", "True Rendered");
    expect((await bench.eventsOn("JobScript", "early")).map(({ event }) => event)).toEqual([
      "Normal TemplateNotFound",
      "Normal Rendered",
    ]);
  });

  test("a template that is not valid, until it is", async () => {
    await bench.apply(template("mended", { entrypoint: { name: "job.sh", text: "{{ x }}" } }));
    await bench.apply(fromTemplate("patient", "mended"));
    await bench.settled("jobscript", "patient", "False InvalidTemplate Stalled");
    await bench.apply(template("mended", greeting));
    const object = await bench.settled("jobscript", "patient", "True Rendered");
    expect(object.status?.template).toEqual({ name: "mended", generation: 2 });
  });

  test("ConfigMaps of the template, of the values and of an inline script", async () => {
    const entrypoint = { name: "job.sh", configMapKeyRef: { name: "later", key: "job" } };
    await bench.apply(template("by-map", { parameters: [{ name: "who" }], entrypoint }));
    const valueFrom = { configMapKeyRef: { name: "later", key: "who" } };
    const parameters = [{ name: "who", valueFrom }];
    await bench.apply(script("by-map", { from: { template: { name: "by-map", parameters } } }));
    await bench.apply(script("inline-map", { entrypoint }));
    await bench.settled("jobscript", "by-map", "False ConfigMapNotFound Reconciling");
    await bench.settled("jobscript", "inline-map", "False ConfigMapNotFound Reconciling");
    await bench.apply(configMap("later", { job: "#!/bin/sh\necho {{ who | sh }}\n" }));
    const half = await bench.settled("jobscript", "by-map", "False ConfigMapKeyNotFound Reconciling");
    expect(messageOf(half)).toBe(
      'spec.from.template.parameters[who].valueFrom.configMapKeyRef: ConfigMap "later" has no key "who" (it has job); add the key, or correct its name',
    );
    await bench.apply(configMap("later", { job: "#!/bin/sh\necho {{ who | sh }}\n", who: "Grace H\n" }));
    const rendered = await bench.settled("jobscript", "by-map", "True Rendered");
    expect((await storedOf(rendered)).read).toMatchObject({
      ok: true,
      value: { entrypoint: { text: "#!/bin/sh\necho 'Grace H'\n" } },
    });
    const plain = await bench.settled("jobscript", "inline-map", "True Rendered");
    expect((await storedOf(plain)).read).toMatchObject({
      ok: true,
      value: { entrypoint: { text: "#!/bin/sh\necho {{ who | sh }}\n" } },
    });
  });
});
