import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { messageOf, RenderBench } from "./render-bench.ts";

let bench: RenderBench;
beforeAll(async () => {
  bench = await RenderBench.open();
});
afterAll(async () => bench[Symbol.asyncDispose]());

const template = (name: string, spec: string): string => `
apiVersion: batchwright.dev/v1alpha1
kind: JobTemplate
metadata: {name: ${name}}
spec:
${spec.replace(/^/gmu, "  ")}
`;

const script = 'entrypoint: {name: job.sh, text: "#!/bin/bash\\n"}';

test("a sound template is Ready, says so in an event, and is not written again", async () => {
  await bench.apply(
    template(
      "sound",
      `parameters: [{name: who, default: world}]\nentrypoint: {name: hello.sh, text: "#!/bin/sh\\necho {{ who | sh }}\\n"}`,
    ),
  );
  const object = await bench.settled("jobtemplate", "sound", "True Valid");
  expect(messageOf(object)).toBe("The template is valid: 1 parameter, entrypoint hello.sh.");
  expect(await bench.eventsOn("JobTemplate", "sound")).toEqual([
    { event: "Normal Valid", note: messageOf(object) },
  ]);
  expect(await bench.writesWhenWoken(bench.templates, "sound")).toBe(0);
  expect((await bench.get("jobtemplate", "sound")).metadata.resourceVersion).toBe(
    object.metadata.resourceVersion,
  );
});

describe("what is wrong is told, with field or file, line and column", () => {
  test.each([
    [
      "default-out-of-range",
      `parameters: [{name: count, type: Integer, maximum: "5", default: "7"}]\n${script}`,
      "InvalidParameters",
      'parameter "count": "7" is above the maximum 5; set spec.parameters[count].default to a whole number of at most 5',
    ],
    [
      "bounds-exchanged",
      `parameters: [{name: count, type: Number, minimum: "5", maximum: "1e-3"}]\n${script}`,
      "InvalidParameters",
      'parameter "count": the minimum 5 is above the maximum 1e-3; exchange them',
    ],
    [
      "pattern-bad",
      `parameters: [{name: p, pattern: "(["}]\n${script}`,
      "InvalidParameters",
      'parameter "p": the pattern "([" is no RE2 regular expression: missing closing ]: `[`; correct spec.parameters[].pattern',
    ],
    [
      "variable-twice",
      `parameters: [{name: a}]\nenvironment: {variables: [{name: PARAM_a, value: x}]}\n${script}`,
      "InvalidVariables",
      'parameter "a": its variable would be PARAM_a, which spec.environment.variables sets too; change spec.variablePrefix or its name',
    ],
    [
      "tag-open",
      'entrypoint: {name: job.sh, text: "#!/bin/sh\\n  {% if true %}\\n"}',
      "InvalidTemplateText",
      "job.sh:2:3: tag {% if true %} not closed",
    ],
    [
      "variable-unknown",
      'parameters: [{name: cutoff}]\nentrypoint: {name: job.sh, text: "#!/bin/sh\\necho {{ cuttoff }}\\n"}',
      "InvalidTemplateText",
      'job.sh:2:9: there is no parameter or variable "cuttoff"; did you mean "cutoff"? Known are cutoff; declare it in spec.parameters or correct the name',
    ],
    [
      "support-file",
      `${script}\nsupportFiles: [{path: in/a.in, text: "x\\n{{ y | nofilter }}", render: true}]`,
      "InvalidTemplateText",
      'in/a.in:2:1: there is no filter "nofilter"; known are ',
    ],
    [
      "static-directive",
      'parameters: [{name: m, default: "5"}]\nentrypoint: {name: job.sh, text: "#!/bin/sh\\n#SBATCH --time={{ m }}\\n#SBATCH --tiem=5\\n"}',
      "InvalidScript",
      "job.sh:3:9: sbatch knows no option --tiem: did you mean --time?",
    ],
    [
      "file-and-directory",
      `${script}\nsupportFiles: [{path: a, text: ""}, {path: a/b, text: ""}]`,
      "InvalidFiles",
      "spec.supportFiles: a is a file, and a/b needs a directory of that name; rename one of them",
    ],
  ])("%s", async (name, spec, reason, message) => {
    await bench.apply(template(name, spec));
    const object = await bench.settled("jobtemplate", name, `False ${reason} Stalled`);
    expect(messageOf(object).slice(0, message.length)).toBe(message);
    expect(await bench.eventsOn("JobTemplate", name)).toEqual([
      { event: `Warning ${reason}`, note: expect.stringContaining(message.slice(0, 100)) as string },
    ]);
    expect(await bench.writesWhenWoken(bench.templates, name)).toBe(0);
  });

  test("and a corrected spec is Ready without more", async () => {
    await bench.apply(template("corrected", 'entrypoint: {name: job.sh, text: "{% if %}"}'));
    await bench.settled("jobtemplate", "corrected", "False InvalidTemplateText Stalled");
    await bench.apply(template("corrected", script));
    const corrected = await bench.settled("jobtemplate", "corrected", "True Valid");
    expect(corrected.status?.observedGeneration).toBe(2);
  });
});

test("what sbatch will ignore is a warning on a template that is Ready, and goes with its cause", async () => {
  const withText = (text: string): string => `entrypoint: {name: job.sh, text: "#!/bin/sh\\n${text}\\n"}`;
  await bench.apply(template("warned", withText("# SBATCH --time=5")));
  const warned = await bench.settled("jobtemplate", "warned", "True Valid");
  const message = "sbatch takes this line for a comment, because of the blank after #: write #SBATCH";
  expect(warned.status?.warnings).toEqual([{ file: "job.sh", line: 2, column: 1, message }]);
  expect(messageOf(warned)).toBe(
    "The template is valid: 0 parameters, entrypoint job.sh; 1 warning in status.warnings.",
  );
  const events = await bench.eventsOn("JobTemplate", "warned");
  expect(events.toSorted((a, b) => (a.event < b.event ? -1 : 1))).toEqual([
    { event: "Normal Valid", note: messageOf(warned) },
    { event: "Warning ScriptWarnings", note: `job.sh:2:1: ${message}` },
  ]);
  expect(await bench.writesWhenWoken(bench.templates, "warned")).toBe(0);
  await bench.apply(template("warned", withText("#SBATCH --time=5")));
  const mended = await bench.settled("jobtemplate", "warned", "True Valid");
  expect(mended.status).not.toHaveProperty("warnings");
});

test("a ConfigMap and its key may come later, and a change of it is judged again", async () => {
  const map = (text: string): string => `
apiVersion: v1
kind: ConfigMap
metadata: {name: texts}
data: {${text}}
`;
  await bench.apply(
    template("waits", "entrypoint: {name: job.sh, configMapKeyRef: {name: texts, key: job}}"),
  );
  const waiting = await bench.settled("jobtemplate", "waits", "False ConfigMapNotFound Reconciling");
  expect(messageOf(waiting)).toBe(
    'spec.entrypoint.configMapKeyRef: there is no ConfigMap "texts" in this namespace; create it, or correct the name',
  );
  await bench.apply(map("other: x"));
  const noKey = await bench.settled("jobtemplate", "waits", "False ConfigMapKeyNotFound Reconciling");
  expect(messageOf(noKey)).toBe(
    'spec.entrypoint.configMapKeyRef: ConfigMap "texts" has no key "job" (it has other); add the key, or correct its name',
  );
  await bench.apply(map('job: "#!/bin/sh\\n"'));
  await bench.settled("jobtemplate", "waits", "True Valid");
  await bench.apply(map('job: "{{ unknown }}"'));
  await bench.settled("jobtemplate", "waits", "False InvalidTemplateText Stalled");
  const events = await bench.eventsOn("JobTemplate", "waits");
  expect(events.map(({ event }) => event)).toEqual([
    "Normal ConfigMapNotFound",
    "Normal ConfigMapKeyNotFound",
    "Normal Valid",
    "Warning InvalidTemplateText",
  ]);
});
