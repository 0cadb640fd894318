import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { ApiProxy } from "../chaos/api-proxy.ts";
import { type ApiWrites, noteWrites } from "../lab/api-writes.ts";
import { eventually } from "../lab/eventually.ts";
import { installOperator, type RunningOperator, startOperator } from "../lab/operator.ts";
import { clusterSide } from "./cluster-side.ts";
import { lifetime, ofScript, ofTemplate, openStage, script, type Stage, submit, template } from "./stage.ts";

const lab = inject("lab");
let directory: string;
let proxy: ApiProxy;
let operator: RunningOperator;
let stage: Stage;

beforeAll(async () => {
  await installOperator(lab);
  directory = await mkdtemp(join(lab.state, "writes-"));
  proxy = await ApiProxy.to(lab.kube, directory);
  operator = await startOperator(lab, [], { api: { url: proxy.url, authority: proxy.authority } });
  stage = await openStage(lab);
  const text = `#!/bin/sh\nuntil [ -e ~/${stage.namespace}-go ]; do sleep 0.2; done\n`;
  await stage.apply(
    script("waits", text),
    template("waits", { entrypoint: { name: "run.sh", text }, resources: { memory: "20Mi" } }),
  );
  await stage.kubectl(
    "wait",
    "jobscript/waits",
    "jobtemplate/waits",
    "--for=condition=Ready",
    "--timeout=60s",
  );
});

afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await operator[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

/** Seven writes, and one more for a job that is told to wait in the queue. */
const lifeOf = (name: string): readonly string[] => [
  `PATCH jobsubmissions/${name}`,
  `PATCH jobsubmissions/${name}/status Dispatching`,
  `PATCH jobsubmissions/${name}/status Dispatched`,
  `PATCH jobsubmissions/${name}/status JobRunning`,
  `PATCH jobsubmissions/${name}/status JobSucceeded`,
  `PATCH jobsubmissions/${name}`,
  `PATCH jobsubmissions/${name}/status finished`,
];

const waitsApart = (words: readonly string[]): readonly string[] =>
  words.filter((word) => !word.endsWith("JobPending"));

async function live(noted: ApiWrites, name: string, from: object): Promise<void> {
  await stage.apply(submit(name, from, { cluster: stage.clusters.c1 }));
  await stage.until(name, ({ status }) => status.state === "RUNNING");
  await clusterSide(stage, "c1").run("alice", `touch ~/${stage.namespace}-go`);
  await stage.finished(name);
  await eventually(() => noted.eventsOf(name).includes("JobSucceeded"), { within: lifetime });
  await clusterSide(stage, "c1").run("alice", `rm ~/${stage.namespace}-go`);
}

test("a life takes seven writes and four events at most", { timeout: 2 * lifetime }, async () => {
  const noted = noteWrites(proxy, stage.namespace);
  await live(noted, "plain", ofScript("waits"));
  expect(waitsApart(noted.objects)).toEqual(lifeOf("plain"));
  expect(waitsApart(noted.eventsOf("plain"))).toEqual(["Dispatched", "JobRunning", "JobSucceeded"]);
});

test("one of a template takes three more, for its script and files", { timeout: 2 * lifetime }, async () => {
  const noted = noteWrites(proxy, stage.namespace);
  await live(noted, "templated", ofTemplate("waits"));
  const own = `templated-${(await stage.submission("templated")).metadata.uid.slice(0, 8)}`;
  expect(waitsApart(noted.objects)).toEqual([
    "POST jobscripts",
    "POST configmaps",
    `PATCH jobscripts/${own}/status`,
    ...lifeOf("templated"),
  ]);
  expect(waitsApart(noted.eventsOf("templated"))).toEqual(["Dispatched", "JobRunning", "JobSucceeded"]);
});
