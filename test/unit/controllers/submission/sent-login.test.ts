import { expect, test } from "vitest";
import { jobSubmission, jobSubmissionDefinition } from "../../../../src/api/v1alpha1/job-submission.ts";
import { startPoller } from "../../../../src/backends/slurm/poll/poller.ts";
import { LoginError } from "../../../../src/controllers/cluster/clusters.ts";
import { loginOf } from "../../../../src/controllers/submission/sent-login.ts";
import { json, startScriptedServer } from "../../kube/scripted-server.ts";
import { clusterOf } from "../cluster/cluster-of.ts";

/** Name of the Secret with which an attempt that was sent as alice from namespace `lab` is asked for. */
async function secretFor(
  tenants: Parameters<typeof clusterOf>[0]["tenants"],
  labels: Record<string, string> = {},
): Promise<{ secret: string | undefined; requests: number }> {
  await using server = await startScriptedServer();
  server.script(json(200, { metadata: { labels } }));
  const refuse = async () => Promise.reject(new LoginError("nothing is sent here"));
  const polling = { intervalSeconds: 3600, floorSeconds: 3600 };
  await using poller = startPoller({ commands: { run: refuse }, whose: "Mine", install: "i", polling });
  let secret: string | undefined;
  const cluster = {
    object: clusterOf({ tenants }),
    slurmName: "c1",
    pollerOf: () => ({ is: "watching", poller }) as const,
    partitions: [],
    login: async ({ credentialsSecretRef }: { credentialsSecretRef: { name: string } }) => {
      secret = credentialsSecretRef.name;
      return refuse();
    },
  };
  const attempt = {
    index: 1,
    token: "i-u-1",
    since: "2026-01-01T00:00:00.000000Z",
    cluster: { name: "c1", uid: "u", slurmName: "c1" },
    user: "alice",
    directory: "/home/alice/batchwright/i/i-u-1",
    scriptDigest: `sha256:${"a".repeat(64)}`,
    optionsDigest: `sha256:${"b".repeat(64)}`,
  };
  const submission = jobSubmission.parse({
    ...jobSubmissionDefinition.example,
    metadata: {
      name: "run",
      namespace: "lab",
      uid: "u",
      resourceVersion: "1",
      creationTimestamp: "2026-01-01T00:00:00Z",
    },
    status: { attempts: [attempt] },
  });
  const [sent] = submission.status.attempts ?? [];
  if (sent === undefined) throw new Error("no attempt");
  const clusters = { find: () => ({ is: "live", cluster }) as const, subscribe: () => () => undefined };
  const { signal } = new AbortController();
  await loginOf({ client: server.client, clusters }, submission, { attempt: sent, signal });
  return { secret, requests: server.seen.length };
}

const group = { name: "group", user: "alice", namespaces: ["others"], secret: "group-key" };
const own = { name: "own", user: "alice", namespaces: ["lab"], secret: "own-key" };

test("of two tenants that run as one user, the submission's own says with which key", async () => {
  expect(await secretFor([group, own])).toEqual({ secret: "own-key", requests: 0 });
  expect(await secretFor([own, group])).toEqual({ secret: "own-key", requests: 0 });
});

test("a tenant that takes the namespace in by its labels says so, too", async () => {
  const labelled = { name: "own", user: "alice", labels: { team: "physics" }, secret: "own-key" };
  expect(await secretFor([group, labelled], { team: "physics" })).toEqual({ secret: "own-key", requests: 1 });
  expect(await secretFor([labelled], { team: "physics" })).toEqual({ secret: "own-key", requests: 0 });
});

test("a job of a tenant that is gone, or runs as somebody else today, is asked for with another key of its user", async () => {
  expect(await secretFor([group])).toEqual({ secret: "group-key", requests: 0 });
  const mapped = { ...own, user: "bob" };
  const third = { ...group, name: "third", secret: "third-key" };
  expect(await secretFor([mapped, group, third])).toEqual({ secret: "group-key", requests: 0 });
});
