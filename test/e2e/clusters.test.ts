import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { eventually } from "../lab/eventually.ts";
import { kubectl } from "../lab/kubectl.ts";
import { installOperator, mustKubectl, type RunningOperator, startOperator } from "../lab/operator.ts";
import {
  closeWithClusters,
  clusterSide,
  clusterUntil,
  extraCluster,
  gatedScript,
  gatedSubmission,
  openGate,
} from "./cluster-side.ts";
import {
  conditionIn,
  lifetime,
  messageIn,
  ofScript,
  openStage,
  script,
  type Stage,
  submit,
} from "./stage.ts";

const lab = inject("lab");
let operator: RunningOperator;
let stage: Stage;

beforeAll(async () => {
  await installOperator(lab);
  operator = await startOperator(lab);
  stage = await openStage(lab);
  await stage.apply(script("fine", "#!/bin/sh\nexit 0\n"), gatedScript(stage));
});

afterAll(async () => {
  await closeWithClusters(stage);
  await operator[Symbol.asyncDispose]();
});

const isReady = { type: "Ready", is: /^True ClusterReady$/u } as const;
const fine = async (name: string, where: string, spec: object = {}) =>
  stage.apply(submit(name, ofScript("fine"), { cluster: where, spec }));
const isGone = async (kind: string, name: string): Promise<boolean> =>
  (await kubectl(lab, ["get", kind, name])).stderr.includes("NotFound");

test(
  "a cluster object that leads elsewhere stops everything until it is put back",
  { timeout: 3 * lifetime },
  async () => {
    const ssh = {
      hosts: [lab.clusters.c1.ssh.host],
      knownHosts: `${lab.clusters.c1.ssh.knownHosts.trim()}\n${lab.clusters.c2.ssh.knownHosts.trim()}\n`,
    };
    const lead = async (to: "c1" | "c2") =>
      extraCluster(stage, "moving", { spec: { ssh: { ...ssh, port: lab.clusters[to].ssh.port } } });
    const name = await lead("c1");
    await stage.apply(gatedSubmission(stage, "stays", name));
    await stage.apply(gatedSubmission(stage, "ends", name));
    const before = await stage.until("stays", ({ status }) => status.state === "RUNNING");
    await stage.until("ends", ({ status }) => status.state === "RUNNING");

    await lead("c2");
    await clusterUntil(stage, name, { type: "Ready", is: /^False ClusterIdentityChanged$/u });
    await fine("comes-late", name);
    const late = await stage.until(
      "comes-late",
      (seen) => conditionIn(seen, "Reconciling") === "True ClusterIdentityChanged",
    );
    expect(late.status.phase).toBe("Created");
    expect(messageIn(late)).toContain("Point spec.ssh back");
    // The end comes while nobody may look, and a cancel while nobody may act.
    await openGate(stage, "c1", "ends");
    await stage.kubectl("patch", "jsub", "stays", "--type=merge", "-p", '{"spec":{"cancel":true}}');
    const told = await stage.until("stays", (seen) => conditionIn(seen, "Reconciling") === "True Cancelling");
    expect(told.status).toMatchObject({ phase: "Submitted", state: "RUNNING", jobId: before.status.jobId });
    expect(messageIn(told)).toContain("c2");

    await lead("c1");
    await clusterUntil(stage, name, isReady);
    const cancelled = await stage.finished("stays");
    expect(cancelled.status).toMatchObject({
      phase: "Aborted",
      state: "CANCELLED",
      jobId: before.status.jobId,
    });
    expect((await stage.finished("ends")).status).toMatchObject({ phase: "Done", state: "COMPLETED" });
    expect((await stage.finished("comes-late")).status).toMatchObject({
      phase: "Done",
      cluster: { name, slurmName: "c1" },
    });
    for (const what of ["stays", "ends"]) {
      expect(await clusterSide(stage, "c1").marks(what)).toHaveLength(1);
      expect(await clusterSide(stage, "c2").marks(what)).toEqual([]);
    }
  },
);

test("a deleted cluster stays until no live submission names it", { timeout: 2 * lifetime }, async () => {
  const name = await extraCluster(stage, "leaving");
  await stage.apply(gatedSubmission(stage, "guest", name));
  const { status } = await stage.until("guest", (seen) => seen.status.state === "RUNNING");
  await mustKubectl(lab, ["delete", "slurmcluster", name, "--wait=false"]);
  await clusterUntil(stage, name, { type: "Ready", is: /^False InUse$/u });
  await openGate(stage, "c1", "guest");
  const done = await stage.finished("guest");
  expect(done.status).toMatchObject({ phase: "Done", state: "COMPLETED", jobId: status.jobId });
  await eventually(async () => isGone("slurmcluster", name), { within: lifetime, every: 500 });
});

test("a tenant takes in namespaces by their labels", { timeout: 2 * lifetime }, async () => {
  const login = { user: "alice", credentialsSecretRef: { name: "alice" } };
  const team = `team-${randomBytes(4).toString("hex")}`;
  const name = await extraCluster(stage, "labelled", {
    spec: { tenants: [{ name: "team", namespaceSelector: { matchLabels: { team } }, login }] },
  });
  await fine("labelled", name);
  await stage.until("labelled", (seen) => conditionIn(seen, "Reconciling") === "True TenantNotFound");
  await mustKubectl(lab, ["label", "namespace", stage.namespace, `team=${team}`]);
  const { status } = await stage.finished("labelled");
  expect(status).toMatchObject({ phase: "Done", user: "alice" });
});

test("two tenants that take in one namespace are refused", { timeout: lifetime }, async () => {
  const tenant = (user: string) => ({
    name: `of-${user}`,
    namespaces: [stage.namespace],
    login: { user, credentialsSecretRef: { name: user } },
  });
  const name = await extraCluster(stage, "doubled", { spec: { tenants: [tenant("alice"), tenant("bob")] } });
  await fine("doubled", name);
  const done = await stage.finished("doubled");
  expect(done.status.phase).toBe("Rejected");
  expect(conditionIn(done, "Stalled")).toBe("True TenantAmbiguous");
  expect(messageIn(done)).toContain('"of-alice" and "of-bob"');
  expect(done.status.attempts).toBeUndefined();
});

test("what a tenant may not use is refused, wherever it was asked for", { timeout: lifetime }, async () => {
  const login = { user: "alice", credentialsSecretRef: { name: "alice" } };
  const name = await extraCluster(stage, "bounded", {
    spec: {
      tenants: [
        {
          name: "narrow",
          namespaces: [stage.namespace],
          login,
          account: "research",
          partitions: ["short"],
          qos: ["normal"],
        },
      ],
    },
  });
  const allowed = { partition: "short", qos: "normal" };
  await stage.apply(script("on-main", "#!/bin/sh\n#SBATCH -p short,main --qos=normal\nexit 0\n"));
  await fine("partition-asked", name, { resources: { ...allowed, partition: "main" } });
  await fine("partition-unsaid", name, { resources: { qos: "normal" } });
  await stage.apply(submit("partition-in-script", ofScript("on-main"), { cluster: name }));
  await fine("qos-asked", name, { resources: { partition: "short", sbatch: ["--qos=high"] } });
  await fine("account-asked", name, { resources: { ...allowed, account: "other" } });
  await fine("allowed", name, { resources: allowed });
  const refused = [
    {
      what: "partition-asked",
      reason: "PartitionNotAllowed",
      says: ['"main"', "spec.resources of the submission", "short"],
    },
    { what: "partition-unsaid", reason: "PartitionNotAllowed", says: ["no partition is given", "short"] },
    {
      what: "partition-in-script",
      reason: "PartitionNotAllowed",
      says: ['"main"', "line 2 of run.sh: #SBATCH -p short,main", "short"],
    },
    { what: "qos-asked", reason: "QosNotAllowed", says: ['"high"', "normal"] },
    { what: "account-asked", reason: "AccountNotAllowed", says: ['"other"', '"research"'] },
  ];
  for (const { what, reason, says } of refused) {
    const done = await stage.finished(what);
    expect(done.status.phase).toBe("Rejected");
    expect(conditionIn(done, "Stalled")).toBe(`True ${reason}`);
    for (const part of says) expect(messageIn(done)).toContain(part);
    expect(done.status.attempts).toBeUndefined();
  }
  const { status } = await stage.finished("allowed");
  expect(status).toMatchObject({
    phase: "Done",
    partition: "short",
    effectiveOptions: expect.arrayContaining([
      { option: "account", value: "research", from: "Cluster" },
      { option: "partition", value: "short", from: "Submission" },
    ]),
  });
});
