import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { Session } from "../../../src/backends/slurm/session/session.ts";
import { eventually } from "../../lab/eventually.ts";
import { LoginNode } from "../../lab/login-node.ts";
import { TcpProxy } from "../../lab/tcp-proxy.ts";
import { Kit, sessionOptions } from "../dispatch/kit.ts";
import { submitOnce } from "../dispatch/submit-once.ts";
import { failureOf, run, sessionOn } from "./session-kit.ts";

const lab = inject("lab");
const { c1, c2 } = lab.clusters;

describe.concurrent("a jump host", () => {
  let jump: LoginNode;
  let target: LoginNode;
  beforeAll(async () => {
    jump = await LoginNode.start(lab, "c2", ["AllowTcpForwarding local", "ForceCommand /usr/sbin/nologin"]);
    target = await LoginNode.start(lab, "c1");
  });
  afterAll(async () => {
    await jump[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
  });

  const through = async (
    node: Pick<LoginNode, "port" | "knownHosts">,
    changes: { privateKey?: Buffer; host?: string } = {},
  ) => {
    const { port, knownHosts } = node;
    const options = await sessionOptions(c2);
    return { ...options, host: "127.0.0.1", port, knownHosts, ...changes };
  };

  test.concurrent("carries all commands of a session, and runs none itself", async () => {
    await using session = await sessionOn(c1, target, { jump: await through(jump) });
    expect(await Promise.all(Array.from({ length: 12 }, async () => run(session, "hostname")))).toEqual(
      Array.from({ length: 12 }, () => "c1\n"),
    );
    expect(await run(session, "echo $SSH_CONNECTION | cut -d' ' -f1")).toBe("127.0.0.1\n");
  });

  test.concurrent("that lets nobody through is told apart from one that cannot reach the host", async () => {
    await using closed = await LoginNode.start(lab, "c2", ["AllowTcpForwarding no"]);
    await using session = await sessionOn(c1, target, { jump: await through(closed) });
    const prohibited = await failureOf(session);
    expect(prohibited).toMatchObject({ kind: "HostUnreachable", hop: "login" });
    expect(prohibited.message).toMatch(
      /^alice@127\.0\.0\.1:\d+: the jump host does not let us through to 127\.0\.0\.1:\d+: it needs AllowTcpForwarding/u,
    );
    await using nowhere = await sessionOn(
      c1,
      { port: 9, knownHosts: target.knownHosts },
      { jump: await through(jump) },
    );
    expect((await failureOf(nowhere)).message).toMatch(/: the jump host cannot reach 127\.0\.0\.1:9 \(/u);
  });

  interface Broken {
    readonly what: string;
    readonly node?: { readonly port?: number; readonly knownHosts?: string };
    readonly host?: string;
    readonly keyOf?: "bob";
    readonly kind: string;
    readonly message: RegExp;
  }
  const broken: readonly Broken[] = [
    {
      what: "is down",
      node: { port: 9 },
      kind: "HostUnreachable",
      message: /^jump host alice@127\.0\.0\.1:9: .*nothing listens on that port/u,
    },
    {
      what: "has another key",
      node: { knownHosts: "" },
      kind: "HostKeyUnknown",
      message: /^jump host .*spec\.ssh\.jump\.knownHosts has no key for/u,
    },
    {
      what: "refuses the key",
      keyOf: "bob",
      kind: "AuthenticationFailed",
      message: /^jump host alice@127\.0\.0\.1:\d+: /u,
    },
    {
      what: "has no address",
      host: "jump.invalid",
      kind: "HostUnreachable",
      message: /jump\.invalid:\d+: the name does not resolve/u,
    },
  ];
  test.concurrent.each(broken)("that $what is named as the jump host", async (row) => {
    const { node, keyOf, host, kind, message } = row;
    const changes = {
      ...(keyOf === undefined ? {} : { privateKey: await readFile(c2.users[keyOf].keyFile) }),
      ...(host === undefined ? {} : { host }),
    };
    const way = await through({ port: jump.port, knownHosts: jump.knownHosts, ...node }, changes);
    await using session = await sessionOn(c1, target, { jump: way });
    const error = await failureOf(session);
    expect(error).toMatchObject({ kind, hop: "jump", mayHaveRun: false });
    expect(error.message).toMatch(message);
  });

  test.concurrent("that dies takes the session along, which comes again through it", async () => {
    await using mortal = await LoginNode.start(lab, "c2");
    await using session = await sessionOn(c1, target, {
      jump: await through(mortal),
      limits: { firstPauseMs: 100, mostPauseMs: 100 },
    });
    const lost = failureOf(session, "echo first; sleep 20");
    await eventually(async () => (await mortal.logins()).accepted === 1, { within: 10_000 });
    await mortal.down();
    expect(await lost).toMatchObject({ kind: "ConnectionLost", mayHaveRun: true });
    expect((await failureOf(session)).hop).toBe("jump");
    await mortal.up();
    expect(await eventually(async () => run(session, "hostname"), { within: 10_000 })).toBe("c1\n");
  });

  test.concurrent("leaves no connection behind when the host behind it is down", async () => {
    await using proxy = await TcpProxy.to(jump.port);
    const knownHosts = jump.knownHosts.replace(`:${jump.port} `, `:${proxy.port} `);
    await using session = await sessionOn(
      c1,
      { port: 9, knownHosts: target.knownHosts },
      { jump: await through({ port: proxy.port, knownHosts }) },
    );
    expect((await failureOf(session)).kind).toBe("HostUnreachable");
    await eventually(() => proxy.open === 0, { within: 5000 });
  });
});

describe.concurrent("several login nodes", () => {
  test.concurrent("of which the first are down, silent or no SSH at all", async () => {
    await using last = await LoginNode.start(lab, "c1", [], { address: "127.0.0.4" });
    const silent = createServer().listen(last.port, "127.0.0.2");
    const other = createServer((socket) => socket.end("220 mail ready\r\n")).listen(last.port, "127.0.0.3");
    await Promise.all([once(silent, "listening"), once(other, "listening")]);
    try {
      const limits = { connectMs: 500 };
      const hosts = ["127.0.0.9", "127.0.0.2", "127.0.0.3", "127.0.0.4"];
      await using session = await sessionOn(c1, last, { hosts, limits });
      expect(await run(session, "hostname")).toBe("c1\n");
      await using none = await sessionOn(c1, last, {
        hosts: [...hosts.slice(0, 3), "nowhere.invalid"],
        limits,
      });
      const { kind, message } = await failureOf(none);
      expect(kind).toBe("HostUnreachable");
      expect(message.replaceAll(/:\d+:/gu, ":")).toMatch(
        /127\.0\.0\.9: nothing listens on that port \(ECONNREFUSED\).*; alice@127\.0\.0\.2: no answer within 0\.5 s; alice@127\.0\.0\.3: .*the host said "220 mail ready".*; alice@nowhere\.invalid: .*the name does not resolve/u,
      );
    } finally {
      silent.close();
      other.close();
    }
  });

  test.concurrent("that refuse the key are asked once, not one after the other", async () => {
    await using first = await LoginNode.start(lab, "c1", ["AllowUsers nobody"], { address: "127.0.0.2" });
    await using second = await LoginNode.start(lab, "c1", [], { address: "127.0.0.3", port: first.port });
    await using session = await sessionOn(
      c1,
      { port: first.port, knownHosts: first.knownHosts + second.knownHosts },
      { hosts: ["127.0.0.2", "127.0.0.3"] },
    );
    expect((await failureOf(session)).kind).toBe("AuthenticationFailed");
    expect((await second.logins()).connections).toBe(0);
  });

  test.concurrent(
    "share the locks: one dies in the middle of batches, the other goes on, and each job runs once",
    { timeout: 60_000 },
    async () => {
      await using first = await LoginNode.start(lab, "c1", [], { address: "127.0.0.2" });
      await using second = await LoginNode.start(lab, "c1", [], { address: "127.0.0.3", port: first.port });
      // Each sbatch waits for the host to be dead: it dies in the middle of batches however fast the machine is.
      await first.run(
        String.raw`mkdir -p /opt/gate/bin
cat > /opt/gate/bin/sbatch <<'GATE'
#!/bin/sh
: > /opt/gate/reached
for _ in $(seq 200); do [ -e /opt/gate/open ] && break; sleep 0.1; done
exec /usr/bin/sbatch "$@"
GATE
chmod 755 /opt/gate/bin/sbatch; chmod 777 /opt/gate; rm -f /opt/gate/open /opt/gate/reached`,
      );
      await using kit = await Kit.open(c1, {
        session: {
          hosts: ["127.0.0.2", "127.0.0.3"],
          port: first.port,
          knownHosts: first.knownHosts + second.knownHosts,
          limits: { firstPauseMs: 1 },
        },
        login: { binDirectory: "/opt/gate/bin" },
      });
      const uids = Array.from({ length: 30 }, () => crypto.randomUUID());
      const text = (uid: string) => ({ text: `#!/bin/sh\necho "$SLURM_JOB_ID" >> ~/once-${uid}\n` });
      const handing = uids.map(async (uid) => submitOnce(kit, uid, text(uid)));
      await eventually(async () => first.run("ls /opt/gate/reached"), { within: 20_000 });
      await first.down();
      await second.run("touch /opt/gate/open");
      const places = await Promise.all(handing);
      expect((await second.logins()).accepted).toBeGreaterThan(0);
      for (const tried of places) {
        const last = tried.at(-1);
        if (last !== undefined) await kit.ended(last);
      }
      const runs = await Promise.all(
        uids.map(async (uid) => kit.sh(`wc -l < ~/once-${uid}; rm ~/once-${uid}`)),
      );
      expect(runs).toEqual(uids.map(() => "1\n"));
    },
  );

  test.concurrent("by their IPv6 addresses", async () => {
    await using node = await LoginNode.start(lab, "c2", [], { address: "::1" });
    await using session = await sessionOn(c2, node, { hosts: ["::1"] });
    expect(await run(session, "hostname")).toBe("c2\n");
  });
});

describe.concurrent("a connection", () => {
  test.concurrent(
    "that was forgotten on the way is found dead within four keepalives, and the next command goes over a new one",
    async () => {
      await using proxy = await TcpProxy.to(c1.ssh.port);
      await using session = new Session(
        await sessionOptions(c1, { port: proxy.port, limits: { keepaliveMs: 500 } }),
      );
      expect(await run(session, "echo in")).toBe("in\n");
      proxy.swallow("toServer");
      proxy.swallow("toClient");
      const begun = performance.now();
      const lost = await failureOf(session, "echo lost", 10_000);
      expect(lost).toMatchObject({ kind: "ConnectionLost", mayHaveRun: true });
      expect(performance.now() - begun).toBeLessThan(4 * 500 + 1500);
      proxy.passOn("toServer");
      proxy.passOn("toClient");
      expect(await run(session, "echo again")).toBe("again\n");
      expect(proxy.accepted).toBe(2);
    },
  );

  test.concurrent(
    "is checked by any of the host keys that are listed: the site is about to change them",
    async () => {
      await using node = await LoginNode.start(lab, "c1", [], { hostKeys: ["rsa", "ed25519", "ecdsa"] });
      const lines = node.knownHosts.split("\n").filter((line) => line !== "");
      for (const line of lines) {
        await using session = await sessionOn(c1, { port: node.port, knownHosts: line });
        expect(await run(session, "echo in")).toBe("in\n");
      }
      expect(lines).toHaveLength(3);
    },
  );

  test.concurrent("to a host that has RSA only", async () => {
    await using node = await LoginNode.start(lab, "c2", ["HostKeyAlgorithms rsa-sha2-256"], {
      hostKeys: ["rsa"],
    });
    await using session = await sessionOn(c2, node);
    expect(await run(session, "echo in")).toBe("in\n");
  });
});
