import { describe, expect, test } from "vitest";
import { jobScript, type JobScript } from "../../../../src/api/v1alpha1/job-script.ts";
import { instant } from "../../../../src/core/instant.ts";
import { decideScript, pinOf, type ScriptDecision } from "../../../../src/core/jobscript/decide-script.ts";
import type { ScriptInputs } from "../../../../src/core/jobscript/plan-script.ts";
import { scriptStatus } from "../../../../src/core/jobscript/script-status.ts";
import { storedConfigMap, storedName } from "../../../../src/core/jobscript/stored-script.ts";
import { final, waiting } from "../../../../src/core/problem.ts";

const text = "#!/bin/sh\n";

const scriptWith = (changes: { status?: unknown; generation?: number; spec?: object } = {}): JobScript =>
  jobScript.parse({
    metadata: {
      name: "greet",
      namespace: "team",
      uid: "u-1",
      resourceVersion: "7",
      generation: changes.generation ?? 1,
      creationTimestamp: "2026-01-01T00:00:00Z",
    },
    spec: { from: { template: { name: "hello" } }, ...changes.spec },
    status: changes.status ?? {},
  });

const inputsWith = (entrypoint: string, generation: number): ScriptInputs => ({
  spec: { from: { template: { name: "hello" } } },
  template: { name: "hello", generation, spec: { entrypoint: { name: "job.sh", text: entrypoint } } },
  configMaps: new Map(),
});

function renderOf(decision: ScriptDecision): ScriptDecision & { is: "render" } {
  if (decision.is !== "render") throw new Error(`not rendered but ${decision.is}`);
  return decision;
}

const first = renderOf(decideScript(scriptWith(), { is: "unrendered", inputs: inputsWith(text, 1) }));
const pin = { digest: first.plan.script.digest, configMap: storedName("u-1", first.plan.script.digest) };
const now = instant(Date.parse("2026-02-01T00:00:00Z"));
const rendered = scriptStatus(scriptWith(), { decision: first, configMap: pin.configMap, now }).status;

test("a script that was never rendered is rendered, and then is pinned", () => {
  expect(rendered).toEqual({
    observedGeneration: 1,
    digest: pin.digest,
    filesRef: { name: pin.configMap },
    specDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/u),
    template: { name: "hello", generation: 1 },
    directives: [],
    warnings: [],
    conditions: [
      {
        type: "Ready",
        status: "True",
        reason: "Rendered",
        message: 'Rendered from JobTemplate "hello", generation 1.',
        lastTransitionTime: "2026-02-01T00:00:00Z",
        observedGeneration: 1,
      },
    ],
  });
  expect(pinOf(scriptWith({ status: rendered }))).toEqual(pin);
  const other = { from: { template: { name: "hello", parameters: [{ name: "who", value: "Ada" }] } } };
  expect(pinOf(scriptWith({ status: rendered, generation: 2, spec: other }))).toBeUndefined();
  expect(pinOf(scriptWith())).toBeUndefined();
});

describe("what is archived", () => {
  test("a script keeps its pin, and that of its restoration, though its spec has changed", () => {
    for (const archived of [true, false])
      expect(pinOf(scriptWith({ status: rendered, generation: 2, spec: { archived } }))).toEqual(pin);
  });

  const archived = (from: ScriptInputs): ScriptInputs => ({
    ...from,
    template: from.template && { ...from.template, spec: { ...from.template.spec, archived: true } },
  });

  test("nothing new is made of a template; a script that waits for it says what to do", () => {
    const inputs = archived(inputsWith(text, 2));
    expect(decideScript(scriptWith(), { is: "unrendered", inputs })).toEqual({
      is: "hinder",
      isPinned: false,
      problem: waiting(
        "TemplateArchived",
        'JobTemplate "hello" is archived, and no new scripts are made of it; set its spec.archived to false, or choose another in spec.from.template.name',
      ),
    });
  });

  test("what was made of it is made again where it is lost", () => {
    const inputs = archived(inputsWith(text, 2));
    expect(decideScript(scriptWith({ status: rendered }), { is: "lost", pin, inputs })).toEqual({
      is: "restore",
      configMap: first.configMap,
    });
  });
});

describe("of a pinned script", () => {
  const script = scriptWith({ status: rendered });

  test("sound files are kept, and a later look changes nothing in the status", () => {
    const stored = storedConfigMap.parse(first.configMap);
    const decision = decideScript(script, { is: "pinned", pin, stored });
    expect(decision).toEqual({ is: "keep" });
    const later = instant(now + 60_000);
    expect(scriptStatus(script, { decision, configMap: "", now: later }).status).toEqual(rendered);
  });

  test("lost files are stored again when rendering gives the same, from whichever generation", () => {
    const decision = decideScript(script, { is: "lost", pin, inputs: inputsWith(text, 5) });
    expect(decision).toEqual({ is: "restore", configMap: first.configMap });
    expect(scriptStatus(script, { decision, configMap: "", now }).status).toEqual(rendered);
  });

  test("lost files are never replaced by others, and the pin stays", () => {
    const decision = decideScript(script, { is: "lost", pin, inputs: inputsWith(`${text}true\n`, 5) });
    expect(decision).toMatchObject({
      is: "hinder",
      isPinned: true,
      problem: { policy: "final", reason: "FilesLost" },
    });
    const { status } = scriptStatus(script, { decision, configMap: "", now });
    expect(status).toMatchObject({ digest: pin.digest, filesRef: { name: pin.configMap } });
    expect(pinOf(scriptWith({ status }))).toEqual(pin);
  });

  test("lost files whose template is gone are waited for", () => {
    const inputs = { ...inputsWith(text, 1), template: undefined };
    expect(decideScript(script, { is: "lost", pin, inputs })).toMatchObject({
      is: "hinder",
      isPinned: true,
      problem: { policy: "waiting", reason: "FilesLost" },
    });
  });

  test("changed files are not used", () => {
    const stored = { ...storedConfigMap.parse(first.configMap), data: { entrypoint: "evil" } };
    expect(decideScript(script, { is: "pinned", pin, stored })).toMatchObject({
      is: "hinder",
      isPinned: true,
      problem: { policy: "final", reason: "FilesChanged" },
    });
  });
});

test.each([
  ["waits", waiting("TemplateNotFound", "not there"), "Reconciling"],
  ["is refused", final("InvalidScript", "bad"), "Stalled"],
])("a changed script that %s has no pin of its earlier generation any more", (_, problem, type) => {
  const script = scriptWith({ status: rendered, generation: 2 });
  const decision: ScriptDecision = { is: "hinder", problem, isPinned: false };
  const at = { lastTransitionTime: "2026-02-01T00:00:00Z", observedGeneration: 2 };
  const { reason, message } = problem;
  expect(scriptStatus(script, { decision, configMap: "", now }).status).toEqual({
    observedGeneration: 2,
    conditions: [
      { type: "Ready", status: "False", reason, message, ...at },
      { type, status: "True", reason, message, ...at },
    ],
  });
});
