import { once } from "node:events";
import { createConnection } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { defaultPauses, type PauseLimits } from "../../../src/backends/slurm/session/pause.ts";
import type { Session } from "../../../src/backends/slurm/session/session.ts";
import { SlurmUnreachable } from "../../../src/backends/slurm/session/unreachable.ts";
import { LoginNode } from "../../lab/login-node.ts";
import { run, sessionOn } from "./session-kit.ts";

const lab = inject("lab");

/** So many seconds of trouble are a second here. */
const haste = 100;
const limits: PauseLimits = {
  firstPauseMs: defaultPauses.firstPauseMs / haste,
  mostPauseMs: defaultPauses.mostPauseMs / haste,
  firstRefusalPauseMs: defaultPauses.firstRefusalPauseMs / haste,
  mostRefusalPauseMs: defaultPauses.mostRefusalPauseMs / haste,
  steadyMs: defaultPauses.steadyMs / haste,
  mostLossPauseMs: defaultPauses.mostLossPauseMs / haste,
};
const tenMinutesMs = 600_000 / haste;

/** Asks without a pause for what stands for ten minutes. @returns what was said, each once */
async function pester(session: Session): Promise<readonly string[]> {
  const said = new Set<string>();
  for (const end = performance.now() + tenMinutesMs; performance.now() < end;) {
    try {
      await run(session, "true", 5000);
    } catch (error) {
      if (!(error instanceof SlurmUnreachable)) throw error;
      said.add(error.message.replaceAll(/\d+ s|\d+ in a row/gu, "N"));
    }
    await sleep(1);
  }
  return [...said];
}

describe.concurrent.each(["c1", "c2"] as const)("ten minutes of trouble on %s", (cluster) => {
  let calm: LoginNode;
  beforeAll(async () => {
    calm = await LoginNode.start(lab, cluster, ["AllowUsers alice"]);
  });
  afterAll(async () => calm[Symbol.asyncDispose]());

  test.concurrent("one login is enough for thousands of commands", async () => {
    await using session = await sessionOn(lab.clusters[cluster], calm);
    for (let round = 0; round < 50; round += 1)
      await Promise.all(Array.from({ length: 4 }, async () => run(session, "true")));
    expect(await calm.logins()).toEqual({ connections: 1, accepted: 1, refusedKeys: 0 });
  });

  test.concurrent("a key that is refused is shown fewer than five times", async () => {
    await using node = await LoginNode.start(lab, cluster, ["AllowUsers nobody"]);
    await using session = await sessionOn(lab.clusters[cluster], node, { limits });
    await pester(session);
    const { connections } = await node.logins();
    expect(connections).toBeGreaterThan(1);
    expect(connections).toBeLessThan(5);
  });

  test.concurrent("a host that lets in and closes at once is left alone for longer and longer", async () => {
    await using node = await LoginNode.start(lab, cluster, ["ForceCommand kill -KILL $PPID"]);
    await using session = await sessionOn(lab.clusters[cluster], node, { limits });
    const said = await pester(session);
    const { accepted } = await node.logins();
    expect(accepted).toBeGreaterThan(2);
    expect(accepted).toBeLessThan(30);
    expect(said).toContainEqual(
      expect.stringMatching(/^alice@127\.0\.0\.1: connections are lost soon after the login/u),
    );
  });

  test.concurrent("a host that takes no more connections is left alone, and its word is told", async () => {
    await using node = await LoginNode.start(lab, cluster, ["MaxStartups 1:100:1"]);
    // Nobody logs in on this one, and it is the only one that may be so.
    const idle = createConnection({ host: "127.0.0.1", port: node.port });
    await once(idle, "data");
    await using session = await sessionOn(lab.clusters[cluster], node, { limits });
    const said = await pester(session);
    idle.destroy();
    const log = await node.log();
    const drops = [...log.matchAll(/drop connection #/gu)].length;
    expect(drops + (await node.logins()).connections).toBeLessThan(40);
    for (const text of said)
      expect(text).toMatch(
        /^alice@127\.0\.0\.1:\d+: .*; the host said "(?:Exceeded MaxStartups|Not allowed at this time)"$/u,
      );
    expect(said).not.toEqual([]);
  });
});
