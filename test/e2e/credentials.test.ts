import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
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

const lab = inject("lab");
let operator: RunningOperator;
let stage: Stage;

beforeAll(async () => {
  await installOperator(lab);
  // All that it can be made to write.
  operator = await startOperator(lab, ["--log-level", "debug"]);
  stage = await openStage(lab);
  await stage.apply(script("fine", "#!/bin/sh\nexit 0\n"), gatedScript(stage));
});

afterAll(async () => {
  await closeWithClusters(stage);
  await operator[Symbol.asyncDispose]();
});

const isReady = { type: "Ready", is: /^True ClusterReady$/u } as const;
const fine = async (name: string, where: string) =>
  stage.apply(submit(name, ofScript("fine"), { cluster: where }));

/** Private keys that this file has made. */
const privateKeys: string[] = [];

/** A new key of alice's on c1; the keys that this made before open the account no longer. @returns the private key */
async function rotateKey(): Promise<string> {
  const place = `/tmp/key-${stage.namespace}-${privateKeys.length}`;
  const privateKey = await clusterSide(stage, "c1").run(
    "alice",
    [
      `ssh-keygen -q -t ed25519 -N '' -C ${stage.namespace} -f ${place}`,
      `sed -i '/ ${stage.namespace}$/d' ~/.ssh/authorized_keys`,
      `cat ${place}.pub >> ~/.ssh/authorized_keys`,
      `cat ${place}`,
      `rm ${place} ${place}.pub`,
    ].join(" && "),
  );
  privateKeys.push(privateKey);
  return privateKey;
}

test("a key that is changed is taken up, and jobs do not notice", { timeout: 4 * lifetime }, async () => {
  const secret = `rotated-${stage.namespace}`;
  const put = async (privateKey: string) =>
    mustKubectl(
      lab,
      ["apply", "-f", "-"],
      JSON.stringify({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: secret, namespace: systemNamespace },
        stringData: { "ssh-privatekey": `${privateKey}\n` },
      }),
    );
  try {
    await put(await rotateKey());
    const login = { user: "alice", credentialsSecretRef: { name: secret } };
    const name = await extraCluster(stage, "rotated", {
      spec: { observer: login, tenants: [{ name: "tests", namespaces: [stage.namespace], login }] },
    });
    await stage.apply(gatedSubmission(stage, "long", name));
    const before = await stage.until("long", ({ status }) => status.state === "RUNNING");
    const next = await rotateKey();
    // The old key opens nothing any more, and what it has opened is closed.
    await clusterSide(stage, "c1").run("root", "pkill -KILL -u alice sshd");
    await clusterUntil(stage, name, { type: "Ready", is: /^False AuthenticationFailed$/u });
    const during = await stage.submission("long");
    expect(during.status).toMatchObject({ phase: "Submitted", state: "RUNNING" });
    await put(next);
    await clusterUntil(stage, name, isReady);
    await openGate(stage, "c1", "long");
    const done = await stage.finished("long");
    expect(done.status).toMatchObject({ phase: "Done", jobId: before.status.jobId });
    expect(await clusterSide(stage, "c1").marks("long")).toEqual([before.status.jobId]);
    await fine("with-new-key", name);
    expect((await stage.finished("with-new-key")).status.phase).toBe("Done");
  } finally {
    await clusterSide(stage, "c1").run("alice", `sed -i '/ ${stage.namespace}$/d' ~/.ssh/authorized_keys`);
    await mustKubectl(lab, ["-n", systemNamespace, "delete", "secret", secret, "--ignore-not-found"]);
  }
});

test("a Secret that holds no key is told without what it holds", { timeout: lifetime }, async () => {
  const secret = `garbled-${stage.namespace}`;
  const text = `-----BEGIN OPENSSH PRIVATE KEY-----\n${randomBytes(48).toString("base64")}\n-----END OPENSSH PRIVATE KEY-----`;
  privateKeys.push(text);
  await mustKubectl(lab, [
    "-n",
    systemNamespace,
    "create",
    "secret",
    "generic",
    secret,
    `--from-literal=ssh-privatekey=${text}`,
  ]);
  try {
    const login = { user: "alice", credentialsSecretRef: { name: secret } };
    const name = await extraCluster(stage, "garbled", { spec: { observer: login } });
    await clusterUntil(stage, name, { type: "Ready", is: /^False/u });
    expect(await clusterCondition(stage, name, "Ready")).toBe("False AuthenticationFailed");
    await fine("garbled", name);
    const waiting = await stage.until(
      "garbled",
      (seen) => conditionIn(seen, "Reconciling") === "True ClusterNotReady",
    );
    expect(messageIn(waiting)).toContain("Secret");
  } finally {
    await mustKubectl(lab, ["-n", systemNamespace, "delete", "secret", secret]);
  }
});

test(
  "no key is in the log, in events, in any object of ours or in what is on the cluster",
  { timeout: lifetime },
  async () => {
    for (const user of ["alice", "bob"] as const)
      privateKeys.push(await readFile(lab.clusters.c1.users[user].keyFile, "utf8"));
    const lines = privateKeys.flatMap((key) => {
      const own = key.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
      // As a Secret holds it, and as somebody may print it.
      return [
        ...own,
        Buffer.from(key).toString("base64").slice(0, 200),
        Buffer.from(`${key}\n`).toString("base64").slice(80, 200),
      ];
    });
    const alice = clusterSide(stage, "c1");
    const places = [
      { place: "log", text: await operator.logs(), tells: "with-new-key" },
      { place: "metrics", text: await operator.metrics(), tells: `${stage.namespace}-rotated` },
      {
        place: "events",
        text: await mustKubectl(lab, ["get", "events.events.k8s.io", "-A", "-o", "json"]),
        tells: "AuthenticationFailed",
      },
      {
        place: "objects",
        text: await mustKubectl(lab, ["get", "jtpl,jscr,jsub,slc,configmaps", "-A", "-o", "json"]),
        tells: "with-new-key",
      },
      {
        place: "cluster",
        text: await alice.run("alice", "cat $(find batchwright -type f) | tr -d '\\0'"),
        tells: "#SBATCH",
      },
    ];
    for (const { place, text, tells } of places) {
      // The place is the right one: it tells of this file's work.
      expect(text.includes(tells), `${place} is complete`).toBe(true);
      expect(lines.filter((line) => text.includes(line)).length, `lines of a private key in ${place}`).toBe(
        0,
      );
    }
  },
);
