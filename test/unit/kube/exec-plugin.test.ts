import { chmod, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pino } from "pino";
import { expect, test } from "vitest";
import { openKubeClient } from "../../../src/kube/client.ts";
import { keyOf } from "../../../src/kube/key.ts";
import { startScriptedServer } from "./scripted-server.ts";

const configMaps = { group: "", version: "v1", plural: "configmaps", kind: "ConfigMap", namespaced: true };

/** A client whose token comes from a program, as those of the cloud providers do. */
async function clientWith(script: string, api: Awaited<ReturnType<typeof startScriptedServer>>) {
  const folder = dirname(api.kubeconfig);
  const program = join(folder, "plugin");
  await writeFile(program, `#!/bin/sh\n${script}\n`);
  await chmod(program, 0o755);
  const config = JSON.parse(await readFile(api.kubeconfig, "utf8")) as { users: { user: object }[] };
  config.users[0]!.user = { exec: { apiVersion: "client.authentication.k8s.io/v1", command: program } };
  const path = join(folder, "with-plugin");
  await writeFile(path, JSON.stringify(config));
  return openKubeClient({ source: { is: "kubeconfig", path }, logger: pino({ level: "silent" }) });
}

const read = async (client: ReturnType<typeof openKubeClient>, timeoutMs: number): Promise<unknown> =>
  client.get(configMaps, keyOf({ namespace: "a", name: "b" }), { parse: (value) => value }, { timeoutMs });

test("a plugin's token is used", async () => {
  await using api = await startScriptedServer();
  api.script((response) => response.end("{}"));
  const credential = `{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"from-plugin"}}`;
  await using client = await clientWith(`echo '${credential}'`, api);
  await read(client, 5_000);
  expect(api.seen.map((request) => request.authorization)).toEqual(["Bearer from-plugin"]);
});

test("a plugin that hangs does not outlast the call's time limit, one that fails is named", async () => {
  await using api = await startScriptedServer();
  await using hanging = await clientWith("exec sleep 3", api);
  await expect(read(hanging, 200)).rejects.toMatchObject({ is: "TimedOut" });
  await using failing = await clientWith("echo no ticket >&2; exit 1", api);
  await expect(read(failing, 5_000)).rejects.toMatchObject({
    is: "Unauthorized",
    message: expect.stringContaining("no ticket") as string,
  });
});
