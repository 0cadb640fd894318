import { expect, test } from "vitest";
import { serveHealth } from "../../../src/server/health.ts";

async function get(port: number, path: string, method = "GET"): Promise<[number, string]> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
  return [response.status, await response.text()];
}

test("readiness names what is missing, liveness does not depend on it", async () => {
  let isReady = false;
  await using server = await serveHealth({
    host: "127.0.0.1",
    port: 0,
    readiness: [
      { name: "cache of jobs", isReady: () => isReady },
      { name: "cache of scripts", isReady: () => true },
    ],
  });
  expect(await get(server.port, "/healthz")).toEqual([200, "ok\n"]);
  expect(await get(server.port, "/readyz")).toEqual([503, "not ready: cache of jobs\n"]);
  isReady = true;
  expect(await get(server.port, "/readyz?verbose")).toEqual([200, "ok\n"]);
});

test("only GET of known paths is served", async () => {
  await using server = await serveHealth({ host: "127.0.0.1", port: 0, readiness: [] });
  expect(await get(server.port, "/toString")).toEqual([404, "served here: /healthz, /readyz\n"]);
  expect(await get(server.port, "/healthz", "POST")).toEqual([405, "only GET is served here\n"]);
  expect(await get(server.port, "/healthz", "HEAD")).toEqual([200, ""]);
});

test("a port that is taken is an error, and a closed server frees it", async () => {
  const address = { host: "127.0.0.1", readiness: [] };
  const first = await serveHealth({ ...address, port: 0 });
  await expect(serveHealth({ ...address, port: first.port })).rejects.toThrow(
    `127.0.0.1:${first.port} is taken (another operator?)`,
  );
  await first[Symbol.asyncDispose]();
  await using second = await serveHealth({ ...address, port: first.port });
  expect(second.port).toBe(first.port);
});
