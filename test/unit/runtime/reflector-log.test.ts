import { expect, test } from "vitest";
import { z } from "zod";
import { createLogger } from "../../../src/runtime/logger.ts";
import { Reflector } from "../../../src/runtime/reflector.ts";
import { eventually } from "../../lab/eventually.ts";
import { json, startScriptedServer } from "../kube/scripted-server.ts";
import { ManualClock } from "./manual-clock.ts";

const line = z.object({ level: z.string(), failures: z.int(), delayMs: z.number(), msg: z.string() });
const initializing = json(429, {
  kind: "Status",
  reason: "TooManyRequests",
  message: "storage is (re)initializing",
});

test("a watch that is refused for a moment is no warning; one that stays refused is", async () => {
  await using server = await startScriptedServer();
  server.script(initializing);
  const lines: z.infer<typeof line>[] = [];
  const clock = new ManualClock();
  const reflector = new Reflector({
    client: server.client,
    logger: createLogger({ destination: { write: (text) => void lines.push(line.parse(JSON.parse(text))) } }),
    resource: { group: "", version: "v1", plural: "configmaps", kind: "ConfigMap", namespaced: true },
    project: ({ metadata }) => metadata.name,
    clock,
    random: () => 0,
  });
  const stop = new AbortController();
  const running = reflector.run(stop.signal);
  const seen: { at: number; level: string }[] = [];
  while (clock.now() < 20_000) {
    await eventually(() => lines.length > seen.length, { within: 10_000 });
    const last = lines.at(-1);
    seen.push({ at: clock.now(), level: last?.level ?? "" });
    await eventually(() => clock.waiting > 0, { within: 10_000 });
    clock.advance(last?.delayMs ?? 0);
  }
  stop.abort();
  await running;
  expect(seen.length).toBeGreaterThan(4);
  expect(seen).toEqual(seen.map(({ at }) => ({ at, level: at < 10_000 ? "info" : "warn" })));
  expect(seen.at(-1)?.level).toBe("warn");
  expect(new Set(lines.map(({ msg }) => msg))).toEqual(
    new Set(["the watch is interrupted and will be tried again"]),
  );
});
