import { expect, test } from "vitest";
import type { Login } from "../../../../src/api/v1alpha1/slurm-cluster.ts";
import { openSlurmLogin } from "../../../../src/backends/slurm/login/login.ts";
import { Session } from "../../../../src/backends/slurm/session/session.ts";
import { LoginError } from "../../../../src/controllers/cluster/clusters.ts";
import type { Credentials } from "../../../../src/controllers/cluster/credentials.ts";
import { Logins } from "../../../../src/controllers/cluster/logins.ts";
import { type SshServer, startSshServer } from "../../backends/slurm/session/ssh-server.ts";

const alice: Login = { user: "alice", credentialsSecretRef: { name: "alice" } };
const bob: Login = { user: "bob", credentialsSecretRef: { name: "bob" } };
const call = { signal: new AbortController().signal };

interface Secrets {
  /** Of every login's Secret; an error is thrown. */
  version: string | Error;
  reads: number;
}

/** Logins that look at their Secrets each time that they are asked for, if `recheckMs` does not say otherwise. */
function loginsOn(server: SshServer, secrets: Secrets, recheckMs = 0): Logins {
  return new Logins({
    cluster: "c1",
    recheckMs,
    read: async (): Promise<Credentials> => {
      secrets.reads += 1;
      const { version } = secrets;
      if (version instanceof Error) throw version;
      return { privateKey: server.privateKey, version };
    },
    connect: ({ user }, { privateKey, version }) => {
      const { port } = server;
      const knownHosts = server.knownHosts();
      const session = new Session({ hosts: ["127.0.0.1"], port, user, knownHosts, privateKey });
      return { session, login: openSlurmLogin({ session }), version };
    },
  });
}

async function use(logins: Logins, login: Login): Promise<Session> {
  const { session } = await logins.get(login, call);
  await session.run({ command: "true", timeLimitMs: 10_000, signal: call.signal });
  return session;
}

const gone = new LoginError('there is no Secret "alice"');

test("one session serves all who ask for a login, and its Secret is read once", async () => {
  await using server = await startSshServer();
  const secrets = { version: "1", reads: 0 };
  await using logins = loginsOn(server, secrets, 60_000);
  const sessions = await Promise.all(Array.from({ length: 20 }, async () => use(logins, alice)));
  expect({ sessions: new Set(sessions).size, reads: secrets.reads, on: server.loggedIn }).toEqual({
    sessions: 1,
    reads: 1,
    on: ["alice"],
  });
});

test("a login that nobody names any more is logged out, and the others stay", async () => {
  await using server = await startSshServer();
  await using logins = loginsOn(server, { version: "1", reads: 0 });
  await use(logins, alice);
  const bobs = await use(logins, bob);
  await logins.keepOnly([bob]);
  await expect.poll(() => server.loggedIn).toEqual(["bob"]);
  expect(await use(logins, bob)).toBe(bobs);
});

test("a login that goes while it is being opened is closed when it is open, and not handed out", async () => {
  await using server = await startSshServer();
  await using logins = loginsOn(server, { version: "1", reads: 0 });
  const opening = use(logins, alice);
  const [used] = await Promise.allSettled([opening, logins.keepOnly([])]);
  expect(used).toEqual({
    status: "rejected",
    reason: new LoginError('login alice of SlurmCluster "c1" was just closed'),
  });
  expect(server.loggedIn).toEqual([]);
});

test("two tenants that run as one user keep a session each, with the key of each", async () => {
  await using server = await startSshServer();
  await using logins = loginsOn(server, { version: "1", reads: 0 });
  const other = { user: "alice", credentialsSecretRef: { name: "group" } };
  const first = await use(logins, alice);
  const second = await use(logins, other);
  expect(second).not.toBe(first);
  expect([await use(logins, alice), await use(logins, other)]).toEqual([first, second]);
  expect(server.loggedIn).toEqual(["alice", "alice"]);
});

test("a Secret that is taken away closes the login for everybody, until it is back", async () => {
  await using server = await startSshServer();
  const secrets: Secrets = { version: "1", reads: 0 };
  await using logins = loginsOn(server, secrets);
  await use(logins, alice);
  secrets.version = gone;
  for (let turn = 0; turn < 3; turn += 1) await expect(use(logins, alice)).rejects.toBe(gone);
  await expect.poll(() => server.loggedIn).toEqual([]);
  secrets.version = "2";
  await use(logins, alice);
  expect(server.loggedIn).toEqual(["alice"]);
});

test("an API server that does not answer closes nothing", async () => {
  await using server = await startSshServer();
  const secrets: Secrets = { version: "1", reads: 0 };
  await using logins = loginsOn(server, secrets);
  const before = await use(logins, alice);
  secrets.version = new Error("no answer within 15000 ms");
  expect(await use(logins, alice)).toBe(before);
  expect(secrets.reads).toBe(2);
});

test("a changed Secret is a new session, on which a key that was refused is shown at once", async () => {
  await using server = await startSshServer();
  const secrets = { version: "1", reads: 0 };
  await using logins = loginsOn(server, secrets);
  server.letsIn = false;
  await expect(use(logins, alice)).rejects.toMatchObject({ kind: "AuthenticationFailed" });
  server.letsIn = true;
  await expect(use(logins, alice)).rejects.toMatchObject({ kind: "AuthenticationFailed" });
  secrets.version = "2";
  await use(logins, alice);
  expect({ refused: server.refused, on: server.loggedIn }).toEqual({ refused: 1, on: ["alice"] });
});
