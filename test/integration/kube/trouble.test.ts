import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openKubeClient } from "../../../src/kube/client.ts";
import { TooManyRequestsError } from "../../../src/kube/errors.ts";
import { keyOf } from "../../../src/kube/key.ts";
import { kubeObject, writtenObject } from "../../../src/kube/metadata.ts";
import type { Resource } from "../../../src/kube/resource.ts";
import { restartDaemon, signalDaemon, startDaemon } from "../../lab/daemons.ts";
import { eventually } from "../../lab/eventually.ts";
import { serviceAccountKubeconfig } from "../../lab/kubectl.ts";
import { patience } from "./api-server.ts";
import { type Bench, configMaps, kubeLab, openBench, silent } from "./bench.ts";

const flowControl = { group: "flowcontrol.apiserver.k8s.io", version: "v1", namespaced: false };
const levels: Resource = {
  ...flowControl,
  plural: "prioritylevelconfigurations",
  kind: "PriorityLevelConfiguration",
};
const schemas: Resource = { ...flowControl, plural: "flowschemas", kind: "FlowSchema" };

/** A priority level without a seat of its own: the API server serves one request of the account at a time and answers 429 to the others. */
async function jail(bench: Bench, account: string): Promise<AsyncDisposable> {
  const { direct, namespace } = bench;
  const name = `jail-${randomUUID().slice(0, 8)}`;
  await direct.create(
    levels,
    {
      object: {
        metadata: { name },
        spec: {
          type: "Limited",
          limited: {
            nominalConcurrencyShares: 0,
            borrowingLimitPercent: 0,
            limitResponse: { type: "Reject" },
          },
        },
      },
    },
    writtenObject,
  );
  const rule = { verbs: ["*"], apiGroups: ["*"], resources: ["*"], clusterScope: true, namespaces: ["*"] };
  const subject = { kind: "ServiceAccount", serviceAccount: { namespace, name: account } };
  const spec = {
    matchingPrecedence: 50,
    priorityLevelConfiguration: { name },
    rules: [{ subjects: [subject], resourceRules: [rule] }],
  };
  await direct.create(schemas, { object: { metadata: { name }, spec } }, writtenObject);
  return {
    async [Symbol.asyncDispose]() {
      await direct.delete(schemas, keyOf({ name })).catch(() => undefined);
      await direct.delete(levels, keyOf({ name })).catch(() => undefined);
    },
  };
}

afterAll(async () => startDaemon(kubeLab(), "kube", "apiserver"));

test("429 of the API server says how long to wait, and the call goes through once there is room", async () => {
  await using bench = await openBench();
  const { direct, namespace } = bench;
  const account = { namespace, name: "prisoner" };
  const serviceAccounts = {
    group: "",
    version: "v1",
    plural: "serviceaccounts",
    kind: "ServiceAccount",
    namespaced: true,
  };
  await direct.create(
    serviceAccounts,
    { namespace, object: { metadata: { name: account.name } } },
    writtenObject,
  );
  const folder = await mkdtemp(join(tmpdir(), "kube-429-"));
  const path = join(folder, "kubeconfig");
  await writeFile(path, await serviceAccountKubeconfig(kubeLab(), account));
  await using prisoner = openKubeClient({ source: { is: "kubeconfig", path }, logger: silent });
  const read = async (limits: { tries?: number; timeoutMs?: number }): Promise<unknown> =>
    prisoner.get(configMaps, bench.key("x"), kubeObject, limits);
  {
    await using _jail = await jail(bench, account.name);
    const refused = await eventually(
      async () => {
        const answers = await Promise.allSettled(Array.from({ length: 50 }, async () => read({ tries: 1 })));
        const reasons = answers.map((answer): unknown => answer.status === "rejected" && answer.reason);
        return reasons.find((reason) => reason instanceof TooManyRequestsError);
      },
      { within: 30_000, every: 200 },
    );
    expect(refused).toMatchObject({ is: "TooManyRequests", status: 429, retryAfterMs: 1_000 });
    // The account has no right to read: an answer that says so shows that the call was let through.
    const patient = Array.from({ length: 10 }, async () => read({ tries: 30, timeoutMs: 30_000 }));
    const answers = await Promise.allSettled(patient);
    expect(answers).toEqual(
      patient.map(() => ({
        status: "rejected",
        reason: expect.objectContaining({ is: "Forbidden" }) as Error,
      })),
    );
  }
  await rm(folder, { recursive: true });
});

test("a frozen API server is a time limit that passes, and a thawed one answers again", async () => {
  await using bench = await openBench();
  const { apiserver } = kubeLab().kube.daemons;
  await bench.put("x", {});
  await signalDaemon(apiserver, "SIGSTOP");
  try {
    await expect(
      bench.client.get(configMaps, bench.key("x"), kubeObject, { timeoutMs: 1_000 }),
    ).rejects.toMatchObject({ is: "TimedOut" });
  } finally {
    await signalDaemon(apiserver, "SIGCONT");
  }
  await bench.client.get(configMaps, bench.key("x"), kubeObject);
});

test(
  "a killed API server is unavailable, a write to it is known not to have happened, and reads that wait live through it",
  { timeout: patience },
  async () => {
    await using bench = await openBench();
    const lab = kubeLab();
    await bench.put("x", {});
    await signalDaemon(lab.kube.daemons.apiserver, "SIGKILL");
    const create = async () =>
      bench.direct.create(
        configMaps,
        { namespace: bench.namespace, object: { metadata: { name: "y" } }, tries: 1 },
        kubeObject,
      );
    await eventually(
      async () => {
        const failure = await create().catch((error: unknown) => error);
        expect(failure).toMatchObject({ is: "ServerUnavailable", delivery: "never" });
        return true;
      },
      { within: 5_000 },
    );
    const patient = bench.client.get(configMaps, bench.key("x"), kubeObject, {
      tries: 1_000,
      timeoutMs: 120_000,
    });
    await restartDaemon(lab, "kube", "apiserver");
    expect((await patient).metadata.name).toBe("x");
    expect(await bench.direct.find(configMaps, bench.key("y"), kubeObject)).toBeUndefined();
  },
);

test("an answer that is lost on the way does not make a create happen twice", async () => {
  await using bench = await openBench();
  const { client, direct, key, namespace, proxy } = bench;
  // The answer is held back long enough to see that the object is there, and then never comes.
  proxy.delay(2_000, "toClient");
  const object = { metadata: { name: "once" } };
  const creating = client.create(configMaps, { namespace, object }, kubeObject);
  const outcome = creating.catch((error: unknown) => error);
  await eventually(async () => direct.find(configMaps, key("once"), kubeObject), {
    within: 15_000,
    every: 20,
  });
  proxy.cut();
  expect(await outcome).toMatchObject({ is: "ServerUnavailable", delivery: "unclear" });
  const posts = bench.requests.filter((request) => request.verb === "create");
  expect(posts).toMatchObject([{ code: "<error>" }]);
});
