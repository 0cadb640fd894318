import { randomUUID } from "node:crypto";
import { expect, inject, test } from "vitest";
import { shardOf } from "../../src/backends/slurm/wrapper/script.ts";
import { tokenOf } from "../../src/core/slurm/token.ts";
import { install, type JobText, Kit } from "../integration/dispatch/kit.ts";
import { submitOnce } from "../integration/dispatch/submit-once.ts";
import { eventually } from "../lab/eventually.ts";
import { type Direction, TcpProxy } from "../lab/tcp-proxy.ts";
import { drawFrom } from "./draw.ts";

const { clusters } = inject("lab");
const isFull = process.env["BATCHWRIGHT_FULL"] === "1";

const putsInBatch = 3;
/** Ranges that a batch is divided into each way; of each a byte is drawn. */
const ranges: Readonly<Record<Direction, number>> = { toServer: 16, toClient: 8 };
/** In the long run a cut each so many bytes. */
const every: Readonly<Record<Direction, number>> = { toServer: 256, toClient: 32 };
const jobsEndWithin = 120_000;

/** Bytes after which the connection is cut, in a batch of so many. */
function cutsOf(direction: Direction, bytes: number): readonly number[] {
  const draw = drawFrom(bytes);
  const count = isFull ? Math.ceil(bytes / every[direction]) : ranges[direction];
  return Array.from({ length: count }, (_, index) => {
    const [from, to] = [Math.floor((index * bytes) / count), Math.floor(((index + 1) * bytes) / count)];
    return draw.between(from + 1, Math.max(to, from + 1));
  });
}

/** UIDs whose tokens go as one batch. */
function uidsOfOneBatch(): readonly string[] {
  const uids: string[] = [];
  while (uids.length < putsInBatch) {
    const uid = randomUUID();
    if (shardOf(tokenOf({ install, uid, index: 1 })) === 0) uids.push(uid);
  }
  return uids;
}

/** A script that leaves a line for each time it runs. */
const counting = (uid: string): JobText => ({ text: `#!/bin/sh\necho ran >>/home/alice/runs/${uid}\n` });

/** @returns how many attempts it took */
async function handOver(kit: Kit, uids: readonly string[]): Promise<number> {
  const places = await Promise.all(uids.map(async (uid) => submitOnce(kit, uid, counting(uid))));
  return places.flat().length;
}

/** How often each has run, by UID, when no job of any of them is left. */
async function runsOf(kit: Kit, uids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const isOver = async () =>
    (await kit.sh(`squeue -h -u alice -o %o | grep -c '/${install}-' || true`)) === "0\n";
  await eventually(isOver, { within: jobsEndWithin, every: 500 });
  const text = await kit.sh(
    `cd ~/runs && for u in ${uids.join(" ")}; do echo $u $(cat $u 2>/dev/null | wc -l); done`,
  );
  return new Map(
    text
      .trim()
      .split("\n")
      .map((line) => line.split(" "))
      .map(([uid = "", count]) => [uid, Number(count)]),
  );
}

test.concurrent.each(["c1", "c2"] as const)(
  "the connection to %s is cut in every range of bytes of a batch, either way: each of its jobs runs exactly once",
  { timeout: isFull ? 1_200_000 : 180_000 },
  async (name) => {
    await using proxy = await TcpProxy.to(clusters[name].ssh.port);
    await using kit = await Kit.open(clusters[name], {
      session: { port: proxy.port, limits: { firstPauseMs: 1, mostPauseMs: 5, mostLossPauseMs: 0 } },
    });
    await kit.sh("mkdir -p runs");
    const before = { ...proxy.carried };
    const whole = uidsOfOneBatch();
    expect(await handOver(kit, whole)).toBe(putsInBatch);
    const cuts = (["toServer", "toClient"] as const).flatMap((direction) =>
      cutsOf(direction, proxy.carried[direction] - before[direction]).map((bytes) => ({ direction, bytes })),
    );
    const cutAt = new Map<string, string>(whole.map((uid) => [uid, "nowhere"]));
    let attempts = 0;
    for (const { direction, bytes } of cuts) {
      // Connected again, so that what follows is the batch and nothing else.
      await kit.sh("true");
      const uids = uidsOfOneBatch();
      for (const uid of uids) cutAt.set(uid, `${direction} after ${bytes} bytes`);
      proxy.cutAfter(bytes, direction);
      attempts += await handOver(kit, uids);
      proxy.spare();
    }
    console.log(
      `${name}: ${cuts.length} places, ${proxy.cuts} cuts, ${attempts} attempts for ${cuts.length * putsInBatch} jobs`,
    );
    const runs = await runsOf(kit, [...cutAt.keys()]);
    expect(
      [...cutAt]
        .filter(([uid]) => runs.get(uid) !== 1)
        .map(([uid, where]) => `cut ${where}: ran ${runs.get(uid)} times`),
    ).toEqual([]);
    // The last byte of a batch may be another one than that of the batch that was measured.
    expect(proxy.cuts).toBeGreaterThanOrEqual(cuts.length - 2);
  },
);
