import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { z } from "zod";
import { setSlurm } from "../lab/daemons.ts";
import { eventually } from "../lab/eventually.ts";
import {
  installOperator,
  mustKubectl,
  type RunningOperator,
  startOperator,
  systemNamespace,
} from "../lab/operator.ts";
import {
  closeWithClusters,
  clusterCondition,
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

/** A site that shows nobody the jobs of others, and where nobody gets a login that may see them all the same. */
const lab = inject("lab");
let operator: RunningOperator;
/** Alice's namespace, and bob's. */
let alices: Stage;
let bobs: Stage;

beforeAll(async () => {
  await setSlurm(lab, "c1", { PrivateData: "jobs" });
  await installOperator(lab);
  operator = await startOperator(lab);
  alices = await openStage(lab);
  bobs = await openStage(lab);
  for (const stage of [alices, bobs])
    await stage.apply(script("fine", "#!/bin/sh\nexit 0\n"), gatedScript(stage));
});

afterAll(async () => {
  await closeWithClusters(alices);
  await closeWithClusters(bobs);
  await operator[Symbol.asyncDispose]();
  await setSlurm(lab, "c1", { PrivateData: "none" });
});

const loginOf = (user: string, secret: string = user) => ({
  user,
  credentialsSecretRef: { name: secret },
});
const alice = () => ({ name: "alice", namespaces: [alices.namespace], login: loginOf("alice") });
const bob = (secret?: string) => ({
  name: "bob",
  namespaces: [bobs.namespace],
  login: loginOf("bob", secret),
});
const cluster = async (what: string, tenants: readonly object[], spec: object = {}): Promise<string> =>
  extraCluster(alices, what, { spec: { observer: undefined, tenants, ...spec } });
const fine = async (stage: Stage, name: string, where: string) =>
  stage.apply(submit(name, ofScript("fine"), { cluster: where }));
const isRunning = ({ status }: { status: { state?: string | undefined } }) => status.state === "RUNNING";
const onCluster = async (user: "root" | "alice" | "bob", text: string) =>
  clusterSide(alices, "c1").run(user, text);
const startsOf = async (stage: Stage, user: "alice" | "bob", name: string) =>
  (await onCluster(user, `cat marks-${stage.namespace}/${name}`)).split("\n");

const messages = z.object({
  status: z.object({ conditions: z.array(z.object({ type: z.string(), message: z.string() })) }),
});

async function messageOf(name: string, type: "Ready" | "Reachable"): Promise<string> {
  const { status } = messages.parse(
    JSON.parse(await mustKubectl(lab, ["get", "slurmcluster", name, "-o", "json"])),
  );
  return status.conditions.find((condition) => condition.type === type)?.message ?? "";
}

/** Questions to squeue so far, by outcome. */
async function asked(name: string): Promise<{ good: number; failed: number }> {
  const text = await operator.metrics();
  const count = (outcome: string) =>
    Number(
      new RegExp(
        String.raw`^batchwright_slurm_queries_total\{cluster="${name}",command="squeue",outcome="${outcome}"\} (\d+)`,
        "mu",
      ).exec(text)?.[1] ?? 0,
    );
  return { good: count("good"), failed: count("failed") };
}

/** A key of bob's for the test alone, which can be taken off the account and put back. */
async function keyOfBob(secret: string): Promise<{ take(): Promise<void>; give(): Promise<void> }> {
  const place = `/tmp/key-${secret}`;
  const privateKey = await onCluster(
    "bob",
    `ssh-keygen -q -t ed25519 -N '' -C ${secret} -f ${place} && cat ${place}`,
  );
  const object = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: secret, namespace: systemNamespace },
    stringData: { "ssh-privatekey": `${privateKey}\n` },
  };
  await mustKubectl(lab, ["apply", "-f", "-"], JSON.stringify(object));
  return {
    async take() {
      await onCluster("bob", `sed -i '/ ${secret}$/d' ~/.ssh/authorized_keys`);
      // What it has opened is closed, too.
      await onCluster("root", "pkill -KILL -u bob sshd || true");
    },
    async give() {
      await onCluster("bob", `cat ${place}.pub >> ~/.ssh/authorized_keys`);
      // A key that was refused is left alone for longer and longer; a Secret that changes is tried at once.
      await mustKubectl(lab, [
        "-n",
        systemNamespace,
        "annotate",
        "secret",
        secret,
        "tried=again",
        "--overwrite",
      ]);
    },
  };
}

test(
  "each login sees to its own jobs, and one whose key is refused for a while stops no other",
  { timeout: 4 * lifetime },
  async () => {
    const secret = `bob-${alices.namespace}`;
    const key = await keyOfBob(secret);
    try {
      await key.give();
      // The login that will fail is the first that is asked what the cluster is.
      const name = await cluster("own", [bob(secret), alice()]);
      await clusterUntil(alices, name, { type: "Ready", is: /^True ClusterReady$/u });
      await clusterUntil(alices, name, { type: "Reachable", is: /^True Answered$/u });
      for (const what of ["long", "longer"]) await bobs.apply(gatedSubmission(bobs, what, name));
      await alices.apply(gatedSubmission(alices, "long", name));
      const before = await bobs.until("longer", isRunning);
      await bobs.until("long", isRunning);
      await alices.until("long", isRunning);
      expect(await onCluster("alice", "squeue -h -a -t all -u bob")).toBe("");

      await key.take();
      await clusterUntil(alices, name, { type: "Reachable", is: /^True LoginsFailing$/u });
      expect(await clusterCondition(alices, name, "Ready")).toBe("True ClusterReady");
      for (const type of ["Ready", "Reachable"] as const) {
        expect(await messageOf(name, type)).toMatch(/ bob: bob@.*authentication/u);
        expect(await messageOf(name, type)).not.toContain("alice");
      }
      await fine(bobs, "waits", name);
      const waiting = await bobs.until(
        "waits",
        (seen) => conditionIn(seen, "Reconciling") === "True LoginFailed",
      );
      expect(messageIn(waiting)).toContain(`login bob of SlurmCluster "${name}" is not answered: bob@`);
      expect(waiting.status.attempts).toBeUndefined();
      // One that ends while nobody may look, and one that goes on.
      await openGate(bobs, "c1", "long", "bob");
      await fine(alices, "meanwhile", name);
      expect((await alices.finished("meanwhile")).status).toMatchObject({ phase: "Done", user: "alice" });
      await openGate(alices, "c1", "long");
      expect((await alices.finished("long")).status).toMatchObject({ phase: "Done", state: "COMPLETED" });
      for (const what of ["long", "longer"])
        expect((await bobs.submission(what)).status).toMatchObject({ phase: "Submitted", state: "RUNNING" });

      await key.give();
      await clusterUntil(alices, name, { type: "Reachable", is: /^True Answered$/u });
      expect((await bobs.finished("long")).status).toMatchObject({ phase: "Done", user: "bob" });
      expect((await bobs.finished("waits")).status).toMatchObject({ phase: "Done", user: "bob" });
      await openGate(bobs, "c1", "longer", "bob");
      const { status } = await bobs.finished("longer");
      expect(status).toMatchObject({ phase: "Done", jobId: before.status.jobId });
      expect(status.attempts).toHaveLength(1);
      for (const what of ["long", "longer"]) expect(await startsOf(bobs, "bob", what)).toHaveLength(1);
      for (const stage of [alices, bobs])
        expect(await stage.kubectl("get", "events.events.k8s.io", "-o", "json")).not.toContain("JobHidden");
    } finally {
      await key.take();
      await onCluster("bob", `rm -f /tmp/key-${secret}*`);
      await mustKubectl(lab, ["-n", systemNamespace, "delete", "secret", secret, "--ignore-not-found"]);
    }
  },
);

test(
  "squeue is asked once a login and tick, however many jobs there are",
  { timeout: 2 * lifetime },
  async () => {
    const everyMs = 2000;
    const polling = { intervalSeconds: everyMs / 1000, floorSeconds: everyMs / 1000 };
    const name = await cluster("counted", [alice(), bob()], { polling });
    await clusterUntil(alices, name, { type: "Reachable", is: /^True Answered$/u });
    const jobs = [
      { stage: alices, user: "alice" },
      { stage: bobs, user: "bob" },
    ] as const;
    const names = ["counted-1", "counted-2", "counted-3"];
    for (const { stage } of jobs)
      for (const what of names) await stage.apply(gatedSubmission(stage, what, name));
    for (const { stage } of jobs) for (const what of names) await stage.until(what, isRunning);

    const [began, before] = [performance.now(), await asked(name)];
    const ticks = 6;
    const after = await eventually(
      async () => {
        const now = await asked(name);
        return now.good - before.good >= 2 * ticks ? now : undefined;
      },
      { within: lifetime, every: 100 },
    );
    const elapsed = performance.now() - began;
    expect(after.failed).toBe(0);
    // Two logins, each at least a tick apart, and each at most one question more than there were ticks.
    expect(after.good - before.good).toBeLessThanOrEqual(2 * (elapsed / everyMs + 1));
    for (const { stage, user } of jobs)
      for (const what of names) {
        await openGate(stage, "c1", what, user);
        expect((await stage.finished(what)).status).toMatchObject({ phase: "Done", user });
      }
  },
);

test(
  "a job whose login is in no tenant any more says so, and goes on when it is back",
  { timeout: 2 * lifetime },
  async () => {
    const name = await cluster("changing", [alice(), bob()]);
    await bobs.apply(gatedSubmission(bobs, "left-alone", name));
    await bobs.until("left-alone", isRunning);
    await cluster("changing", [alice()]);
    const told = await bobs.until(
      "left-alone",
      (seen) => conditionIn(seen, "Reconciling") === "True LoginChanged",
    );
    expect(told.status).toMatchObject({ phase: "Submitted", state: "RUNNING" });
    expect(messageIn(told)).toContain(`the job was sent as bob, and no tenant of SlurmCluster "${name}"`);
    await cluster("changing", [alice(), bob()]);
    await openGate(bobs, "c1", "left-alone", "bob");
    expect((await bobs.finished("left-alone")).status).toMatchObject({ phase: "Done", user: "bob" });
  },
);

test(
  "a job that an observer is not shown is held, and followed once the observer is left out",
  { timeout: 2 * lifetime },
  async () => {
    const name = await cluster("hidden", [alice(), bob()], { observer: loginOf("alice") });
    await bobs.apply(gatedSubmission(bobs, "hidden", name));
    const told = await bobs.until("hidden", (seen) => conditionIn(seen, "Reconciling") === "True JobHidden");
    expect(messageIn(told)).toContain("or leave out spec.observer");
    await cluster("hidden", [alice(), bob()]);
    const seen = await bobs.until("hidden", isRunning);
    expect(seen.status.jobId).toBe(told.status.jobId);
    await openGate(bobs, "c1", "hidden", "bob");
    expect((await bobs.finished("hidden")).status).toMatchObject({
      phase: "Done",
      user: "bob",
      jobId: told.status.jobId,
    });
    expect(await startsOf(bobs, "bob", "hidden")).toHaveLength(1);
  },
);

test(
  "a login that hangs keeps nobody else waiting, though it is the first to be asked",
  { timeout: 2 * lifetime },
  async () => {
    // Bash reads it for commands over ssh, too. Through root: whoever becomes bob hangs with him.
    const rc = "/home/bob/.bashrc";
    await onCluster("root", `mv ${rc} ${rc}.kept && echo 'sleep 600' > ${rc}`);
    try {
      const name = await cluster("hanging", [bob(), alice()]);
      await fine(alices, "not-kept", name);
      expect((await alices.finished("not-kept")).status).toMatchObject({ phase: "Done", user: "alice" });
      await clusterUntil(alices, name, { type: "Reachable", is: /^True LoginsFailing$/u });
      expect(await messageOf(name, "Reachable")).toMatch(/ bob: no answer within 20 s/u);
    } finally {
      await onCluster(
        "root",
        `mv -f ${rc}.kept ${rc}; pkill -KILL -u bob sshd; pkill -KILL -u bob sleep || true`,
      );
    }
  },
);

test("a cluster on which every login fails is not ready, and names them", { timeout: lifetime }, async () => {
  const name = await cluster("locked", [
    { ...alice(), login: loginOf("alice", "no-secret-of-alice") },
    { ...bob(), login: loginOf("bob", "no-secret-of-bob") },
  ]);
  await clusterUntil(alices, name, { type: "Ready", is: /^False CredentialsNotFound$/u });
  expect(await clusterCondition(alices, name, "Reachable")).toBe("False CredentialsNotFound");
  const message = await messageOf(name, "Ready");
  expect(message).toMatch(/^no login is answered: alice: .*no-secret-of-alice.*; bob: .*no-secret-of-bob/u);
});
