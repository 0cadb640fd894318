import { expect, test } from "vitest";
import { Session, type SessionOptions } from "../../../../../src/backends/slurm/session/session.ts";
import { freshKeyPair, type SshServer, startSshServer } from "./ssh-server.ts";

function openSession(server: SshServer, changes: Partial<SessionOptions> = {}): Session {
  return new Session({
    hosts: ["127.0.0.1"],
    port: server.port,
    user: "alice",
    knownHosts: server.knownHosts(),
    privateKey: server.privateKey,
    ...changes,
  });
}

/** How a command goes: its exit code, or why it had no answer. */
async function outcomeOf(session: Session): Promise<unknown> {
  const { signal } = new AbortController();
  try {
    return (await session.run({ command: "true", timeLimitMs: 10_000, signal })).code;
  } catch (error) {
    return error;
  }
}

test("a refused key is not shown again by all who ask meanwhile, and a new session shows it at once", async () => {
  await using server = await startSshServer();
  server.letsIn = false;
  // A host that is down would be tried again at once.
  const limits = { firstPauseMs: 0, mostPauseMs: 0 };
  await using session = openSession(server, { limits });
  const refusal = await outcomeOf(session);
  expect(refusal).toMatchObject({ kind: "AuthenticationFailed" });
  server.letsIn = true;
  const others = await Promise.all(Array.from({ length: 50 }, async () => outcomeOf(session)));
  expect(new Set(others)).toEqual(new Set([refusal]));
  expect(server.refused).toBe(1);
  await using renewed = openSession(server, { limits });
  expect(await outcomeOf(renewed)).toBe(0);
});

test("a key that is refused by the second host counts, though the first one's key is what is told", async () => {
  await using server = await startSshServer();
  server.letsIn = false;
  const otherKey = freshKeyPair().public;
  await using session = openSession(server, {
    hosts: ["127.0.0.1", "localhost"],
    knownHosts: `[127.0.0.1]:${server.port} ${otherKey}\n${server.knownHosts("localhost")}`,
    limits: { firstPauseMs: 0, mostPauseMs: 0 },
  });
  for (let turn = 0; turn < 5; turn += 1)
    expect(await outcomeOf(session)).toMatchObject({ kind: "HostKeyMismatch" });
  expect(server.refused).toBe(1);
});

test("a key that is let in again is as good as new", async () => {
  await using server = await startSshServer();
  server.letsIn = false;
  const limits = { firstPauseMs: 0, mostPauseMs: 0, firstRefusalPauseMs: 0, mostRefusalPauseMs: 0 };
  await using session = openSession(server, { limits });
  for (let turn = 0; turn < 3; turn += 1)
    expect(await outcomeOf(session)).toMatchObject({ kind: "AuthenticationFailed" });
  server.letsIn = true;
  expect(await outcomeOf(session)).toBe(0);
  expect({ refused: server.refused, loggedIn: server.loggedIn }).toEqual({ refused: 3, loggedIn: ["alice"] });
});
