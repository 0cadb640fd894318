import { expect, test } from "vitest";
import { LoginError } from "../../../../src/controllers/cluster/clusters.ts";
import { startSshServer } from "../../backends/slurm/session/ssh-server.ts";
import { json, startScriptedServer } from "../../kube/scripted-server.ts";
import { clusterOf, connectionTo } from "./cluster-of.ts";

const { signal } = new AbortController();
const loginOf = (user: string) => ({ user, credentialsSecretRef: { name: user } });

/** An API server on which every Secret holds the key. */
async function startWithKey(privateKey: Buffer) {
  const server = await startScriptedServer();
  const data = { "ssh-privatekey": privateKey.toString("base64") };
  server.script(
    json(200, { apiVersion: "v1", kind: "Secret", metadata: { name: "any", resourceVersion: "1" }, data }),
  );
  return server;
}

test("a connection that is closed opens nothing for those who still hold it", async () => {
  await using server = await startScriptedServer();
  const connection = connectionTo(clusterOf({ tenants: ["alice"] }), server.client);
  await connection[Symbol.asyncDispose]();
  await expect(connection.login(loginOf("alice"), { signal })).rejects.toThrow(LoginError);
  expect(connection.pollerOf("alice")).toBeUndefined();
  expect(server.seen).toEqual([]);
});

test("a tenant that is removed is logged out, and nobody logs in as it any more", async () => {
  await using ssh = await startSshServer();
  await using server = await startWithKey(ssh.privateKey);
  await using connection = connectionTo(clusterOf({ tenants: ["alice", "bob"], on: ssh }), server.client);
  for (const user of ["alice", "bob"]) {
    const session = await connection.session(loginOf(user), { signal });
    await session.run({ command: "true", timeLimitMs: 10_000, signal });
  }
  expect(ssh.loggedIn).toEqual(["alice", "bob"]);
  await connection.follow(clusterOf({ tenants: ["bob"], on: ssh }));
  await expect.poll(() => ssh.loggedIn).toEqual(["bob"]);
  await expect(connection.login(loginOf("alice"), { signal })).rejects.toThrow(
    new LoginError('SlurmCluster "c1" does not name login alice with Secret "alice" any more'),
  );
});
