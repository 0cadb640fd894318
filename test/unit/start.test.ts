import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test, vi } from "vitest";
import { json, kubeconfigText, startScriptedServer } from "./kube/scripted-server.ts";

// Each test starts whole processes, up to two, on a machine that may be busy.
vi.setConfig({ testTimeout: 90_000 });

const main = join(import.meta.dirname, "../../src/main.ts");
const noServers = ["--metrics-bind-address", "0", "--health-probe-bind-address", "0"];
const installed = json(200, { data: { id: "abc" } });

/** Runs the operator where nothing is set up, until it ends by itself. */
async function start(flags: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const home = await mkdtemp(join(tmpdir(), "bw-start-"));
  try {
    const child = spawn(process.execPath, [main, ...flags], {
      env: { PATH: process.env["PATH"], HOME: home, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 40_000,
    });
    const [said, , [code]] = await Promise.all([
      text(child.stderr),
      text(child.stdout),
      once(child, "exit") as Promise<[number | null]>,
    ]);
    return { code, said };
  } finally {
    await rm(home, { recursive: true });
  }
}

/** A port on which somebody listens, or, once released, nobody. */
async function takePort(): Promise<{ port: number; release: () => Promise<void> }> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    async release() {
      server.close();
      await once(server, "close");
    },
  };
}

test("where nothing names an API server, one line says what to set", async () => {
  expect(await start(noServers)).toEqual({
    code: 1,
    said: "batchwright: no API server to talk to: set --kubeconfig, or KUBECONFIG (or run in a pod with a ServiceAccount)\n",
  });
});

test("a kubeconfig that is not there is named, from the flag and from the environment", async () => {
  const why = "cannot be read: ENOENT: no such file or directory, open '/nonexist'\n";
  expect(await start([...noServers, "--kubeconfig", "/nonexist"])).toEqual({
    code: 1,
    said: `batchwright: kubeconfig /nonexist ${why}`,
  });
  expect(await start(noServers, { KUBECONFIG: "/nonexist" })).toEqual({
    code: 1,
    said: `batchwright: credentials from the environment ($KUBECONFIG, ~/.kube/config or the pod's ServiceAccount) ${why}`,
  });
});

test("an API server that nobody serves is named with what the connection said", async () => {
  const { port, release } = await takePort();
  await release();
  const folder = await mkdtemp(join(tmpdir(), "bw-start-"));
  const kubeconfig = join(folder, "config");
  await writeFile(kubeconfig, kubeconfigText(port, "t"));
  expect(await start([...noServers, "--kubeconfig", kubeconfig])).toEqual({
    code: 1,
    said: `batchwright: get configmaps batchwright-system/batchwright-install: the connection to the API server failed (ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:${port}); is the API server up, and is its address right? (API server http://127.0.0.1:${port})\n`,
  });
  await rm(folder, { recursive: true });
});

test("credentials that the API server does not take are said to be the cause", async () => {
  await using server = await startScriptedServer();
  server.script(json(401, { kind: "Status", reason: "Unauthorized", message: "Unauthorized" }));
  const { code, said } = await start([...noServers, "--kubeconfig", server.kubeconfig]);
  expect({ code, lines: said.trimEnd().split("\n") }).toEqual({
    code: 1,
    lines: [
      expect.stringMatching(
        /^batchwright: get configmaps \S+: Unauthorized \(HTTP 401\); check the token or the client certificate in the kubeconfig \(API server http:\S+\)$/u,
      ) as string,
    ],
  });
});

test.each(["--metrics-bind-address", "--health-probe-bind-address"])(
  "an address that is taken is named with its flag: %s",
  async (flag) => {
    await using server = await startScriptedServer();
    server.script(installed);
    const { port, release } = await takePort();
    const flags = [...noServers, flag, `127.0.0.1:${port}`, "--kubeconfig", server.kubeconfig];
    expect(await start(flags)).toEqual({
      code: 1,
      said: `batchwright: 127.0.0.1:${port} is taken (another operator?); use ${flag}\n`,
    });
    await release();
  },
);
