import { createHmac, generateKeyPairSync, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, inject, test } from "vitest";

import { cleanShell } from "../../../src/backends/slurm/session/clean-shell.ts";
import { Session, type SessionOptions } from "../../../src/backends/slurm/session/session.ts";
import { SlurmUnreachable } from "../../../src/backends/slurm/session/unreachable.ts";
import { TcpProxy } from "../../lab/tcp-proxy.ts";
import { sessionOptions } from "./kit.ts";

const { c1, c2 } = inject("lab").clusters;
const [name, , key] = c1.ssh.knownHosts.split(" ") as [string, string, string];
const never = new AbortController().signal;

async function openSession(changes: Partial<SessionOptions> = {}): Promise<Session> {
  return new Session(await sessionOptions(c1, changes));
}

const run = async (session: Session, command: string, limit = 20_000): Promise<string> =>
  (await session.run({ command, timeLimitMs: limit, signal: never })).stdout;

/** How a command fails. */
async function failure(session: Session, command = "true", limit = 20_000): Promise<SlurmUnreachable> {
  try {
    await run(session, command, limit);
  } catch (error) {
    if (error instanceof SlurmUnreachable) return error;
    throw error;
  }
  throw new Error("the command succeeded");
}

describe("host keys", () => {
  const salt = randomBytes(20);
  const hash = createHmac("sha1", salt).update(name).digest("base64");
  const other = "AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

  test.each([
    ["a plain line", `${name} ssh-ed25519 ${key}`],
    ["a hashed name", `|1|${salt.toString("base64")}|${hash} ssh-ed25519 ${key} comment`],
    [
      "one of several names, among other lines",
      `# site\n\nhost.example ssh-ed25519 ${other}\nhost.example,${name} ssh-ed25519 ${key}\n`,
    ],
    ["a pattern", `[127.0.0.*]:* ssh-ed25519 ${key}`],
    ["a second key of the type", `${name} ssh-ed25519 ${other}\n${name} ssh-ed25519 ${key}`],
  ])("%s is accepted", async (_what, knownHosts) => {
    await using session = await openSession({ knownHosts });
    expect(await run(session, "echo in")).toBe("in\n");
  });

  test.each([
    [
      "another key",
      `${name} ssh-ed25519 ${other}`,
      "HostKeyMismatch",
      /is ssh-ed25519 SHA256:\S+, but spec\.ssh\.knownHosts expects ssh-ed25519 SHA256:/u,
    ],
    [
      "another type of key only",
      `${name} ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ==`,
      "HostKeyMismatch",
      /is ssh-ed25519 .*expects ssh-rsa/u,
    ],
    [
      "a revoked key",
      `@revoked * ssh-ed25519 ${key}\n${name} ssh-ed25519 ${key}`,
      "HostKeyMismatch",
      /revoked/u,
    ],
    [
      "no line",
      "",
      "HostKeyUnknown",
      /knownHosts has no key for \[127\.0\.0\.1\]:\d+; the host shows ssh-ed25519 SHA256:/u,
    ],
    ["the host on another port", `127.0.0.1 ssh-ed25519 ${key}`, "HostKeyUnknown", /no key for/u],
    ["a negated pattern", `*,!${name} ssh-ed25519 ${key}`, "HostKeyUnknown", /no key for/u],
    [
      "a line that cannot be read",
      `${name} ssh-ed25519 not-base64`,
      "HostKeyUnknown",
      /lines that cannot be read: 1/u,
    ],
  ])("%s is refused, with what was shown and what was expected", async (_what, knownHosts, kind, message) => {
    await using session = await openSession({ knownHosts });
    const error = await failure(session);
    expect({ kind: error.kind, mayHaveRun: error.mayHaveRun }).toEqual({ kind, mayHaveRun: false });
    expect(error.message).toMatch(message);
  });
});

describe("logging in", () => {
  test("a key that the account does not have is refused", async () => {
    await using session = await openSession({ privateKey: await readFile(c1.users.bob.keyFile) });
    const error = await failure(session);
    expect(error.kind).toBe("AuthenticationFailed");
    expect(error.message).toContain(`alice@127.0.0.1:${c1.ssh.port}`);
  });

  test("a key that cannot be read is named, and not shown", async () => {
    const secret = "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n";
    await using session = await openSession({ privateKey: Buffer.from(secret) });
    const error = await failure(session);
    expect(error.kind).toBe("AuthenticationFailed");
    expect(error.message).not.toContain("c2VjcmV0");
  });

  test("an encrypted key without its passphrase is refused", async () => {
    const cipher = { type: "pkcs1", format: "pem", cipher: "aes-256-cbc", passphrase: "sesame" } as const;
    const { privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      privateKeyEncoding: cipher,
      publicKeyEncoding: { type: "pkcs1", format: "pem" },
    });
    await using session = await openSession({ privateKey: Buffer.from(privateKey) });
    expect((await failure(session)).kind).toBe("AuthenticationFailed");
  });

  test("hosts are tried in order; all that failed are named", async () => {
    await using second = await openSession({ hosts: ["127.0.0.9", "127.0.0.1"] });
    expect(await run(second, "echo in")).toBe("in\n");
    await using none = await openSession({ hosts: ["127.0.0.9", "no-such-host.invalid"] });
    const error = await failure(none);
    expect(error.kind).toBe("HostUnreachable");
    expect(error.message).toMatch(/127\.0\.0\.9.*no-such-host\.invalid/u);
  });

  test("a jump host is gone through, with a key check of its own", async () => {
    const jump = { ...(await sessionOptions(c2)), host: c2.ssh.host };
    await using session = await openSession({ jump });
    expect(await run(session, "hostname")).toBe("c1\n");
    await using wrong = await openSession({ jump: { ...jump, knownHosts: "" } });
    expect((await failure(wrong)).kind).toBe("HostKeyUnknown");
  });

  test("after a failure the next try waits, after a loss it does not", async () => {
    await using proxy = await TcpProxy.to(c1.ssh.port);
    proxy.refuse();
    await using session = await openSession({
      port: proxy.port,
      limits: { firstPauseMs: 400, mostPauseMs: 400 },
    });
    const first = await failure(session);
    await proxy.admit();
    expect(await failure(session)).toBe(first);
    await sleep(400);
    expect(await run(session, "echo in")).toBe("in\n");
    proxy.cut();
    await sleep(20);
    expect(await run(session, "echo again")).toBe("again\n");
    expect(proxy.accepted).toBe(2);
  });
});

describe("commands", () => {
  test("code, signal, both outputs and stdin come through", async () => {
    await using session = await openSession();
    const command = { timeLimitMs: 20_000, signal: never };
    expect(await session.run({ ...command, command: "cat; echo err >&2; exit 3", stdin: "é\n" })).toEqual({
      code: 3,
      signal: undefined,
      stdout: "é\n",
      stderr: "err\n",
    });
    expect(await session.run({ ...command, command: "kill -KILL $$" })).toMatchObject({
      code: undefined,
      signal: "SIGKILL",
    });
  });

  test("forty commands at once share one connection, four at a time", async () => {
    await using proxy = await TcpProxy.to(c1.ssh.port);
    await using session = await openSession({ port: proxy.port });
    const counted =
      "mkdir -p /tmp/at-once && touch /tmp/at-once/$$ && sleep 0.05 && ls /tmp/at-once | wc -l; rm -f /tmp/at-once/$$";
    const seen = await Promise.all(Array.from({ length: 40 }, async () => run(session, counted)));
    expect(Math.max(...seen.map(Number))).toBeLessThanOrEqual(4);
    expect(proxy.accepted).toBe(1);
  });

  test("more than may wait are refused at once", async () => {
    await using session = await openSession({ limits: { commandsAtOnce: 1, mostWaiting: 1 } });
    const running = [run(session, "sleep 0.3"), run(session, "true")];
    const error = await failure(session);
    expect({ kind: error.kind, mayHaveRun: error.mayHaveRun }).toEqual({
      kind: "TooManyWaiting",
      mayHaveRun: false,
    });
    await Promise.all(running);
  });

  test("a command that takes too long, says too much or loses its connection may have run", async () => {
    await using proxy = await TcpProxy.to(c1.ssh.port);
    await using session = await openSession({ port: proxy.port });
    const slow = await failure(session, "sleep 5", 300);
    const large = session.run({
      command: "head -c 100000 /dev/zero",
      timeLimitMs: 20_000,
      signal: never,
      maxOutputBytes: 50_000,
    });
    await expect(large).rejects.toMatchObject({ kind: "OutputTooLarge", mayHaveRun: true });
    const lost = failure(session, "echo first; sleep 5");
    await sleep(300);
    proxy.cut();
    expect(
      [slow, await lost].map(({ kind, mayHaveRun, received }) => ({ kind, mayHaveRun, received })),
    ).toEqual([
      { kind: "CommandTimedOut", mayHaveRun: true, received: "" },
      { kind: "ConnectionLost", mayHaveRun: true, received: "first\n" },
    ]);
  });

  test("a caller who gives up gets his own reason, and the others go on", async () => {
    await using session = await openSession();
    const giveUp = new AbortController();
    const given = session.run({ command: "sleep 5", timeLimitMs: 20_000, signal: giveUp.signal });
    const other = run(session, "sleep 0.2; echo there");
    const reason = new Error("enough");
    giveUp.abort(reason);
    await expect(given).rejects.toBe(reason);
    expect(await other).toBe("there\n");
  });

  test("closing ends what runs and leaves no connection", async () => {
    await using proxy = await TcpProxy.to(c1.ssh.port);
    const session = await openSession({ port: proxy.port });
    await run(session, "true");
    const running = failure(session, "sleep 5");
    await session[Symbol.asyncDispose]();
    expect((await running).kind).toBe("ConnectionLost");
    await sleep(50);
    expect(proxy.open).toBe(0);
    await expect(run(session, "true")).rejects.toThrow("closed");
  });
});

describe("the clean shell", () => {
  test("has a fixed environment, whatever the login's shell and profile say", async () => {
    await using session = await openSession();
    const clean = cleanShell({ binDirectory: "/opt/site/bin", limitSeconds: 10, ends: "everything" });
    for (const login of ["bash -c", "dash -c", "busybox sh -c"]) {
      const { stdout } = await session.run({
        command: `export SBATCH_PARTITION=short SLURM_CLUSTERS=c9 PATH=$PATH:/x; exec ${login} '${clean.replaceAll("'", String.raw`'\''`)}'`,
        stdin: "env | sort\n",
        timeLimitMs: 10_000,
        signal: never,
      });
      expect(stdout.split("\n").map((line) => line.split("=")[0])).toEqual([
        "HOME",
        "LANG",
        "LOGNAME",
        "PATH",
        "PWD",
        "SHELL",
        "USER",
        "",
      ]);
      expect(stdout).toContain("PATH=/opt/site/bin:/usr/local/bin:");
    }
  });

  test("ends a program on the far side when its time is over", async () => {
    await using session = await openSession();
    const command = cleanShell({ limitSeconds: 1, ends: "everything" });
    const { code } = await session.run({
      command,
      stdin: "sleep 77; echo late\n",
      timeLimitMs: 15_000,
      signal: never,
    });
    expect(code).toBe(124);
    expect(await run(session, "pgrep -u alice -fx 'sleep 77' || echo none")).toBe("none\n");
  });
});
