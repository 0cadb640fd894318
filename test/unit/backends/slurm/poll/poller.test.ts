import { describe, expect, onTestFinished, test } from "vitest";
import type { Snapshot } from "../../../../../src/backends/slurm/backend.ts";
import {
  startPoller,
  type AskedQuery,
  type PollerOptions,
} from "../../../../../src/backends/slurm/poll/poller.ts";
import { after, instant } from "../../../../../src/core/instant.ts";
import type { Token } from "../../../../../src/core/slurm/token.ts";
import { ManualClock, settled } from "./manual-clock.ts";
import { install, queueTexts, ScriptedCluster, tokenAt } from "./scripted-cluster.ts";

const never = new AbortController().signal;

function watch(
  given: Partial<PollerOptions> = {},
  prepare: (cluster: ScriptedCluster) => void = () => undefined,
) {
  const clock = new ManualClock();
  const cluster = new ScriptedCluster(() => clock.now());
  prepare(cluster);
  const asked: AskedQuery[] = [];
  const poller = startPoller({
    commands: cluster,
    whose: "Everyone",
    install,
    polling: { intervalSeconds: 30, floorSeconds: 2 },
    clock,
    random: () => 0,
    asked: (query) => asked.push(query),
    ...given,
  });
  const changes: (readonly Token[])[] = [];
  poller.subscribe((tokens) => changes.push(tokens));
  onTestFinished(async () => poller[Symbol.asyncDispose]());
  return { clock, cluster, poller, changes, asked, start: clock.now() };
}

/** What a promise that must not come true is rejected with; handled from the start, so it may fail before it is awaited. */
const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => new Error("it came true"),
    (reason: unknown) => reason,
  );

const two = (cluster: ScriptedCluster): void => {
  cluster.rows = [queueTexts(), queueTexts({ token: tokenAt(2), ArrayJobID: "9" })];
};

describe("watching", () => {
  test("asks once at the start, for everything, and keeps the answer", async () => {
    const { poller, cluster, changes, asked } = watch({}, two);
    await settled();
    expect(cluster.asked).toHaveLength(1);
    expect([...(poller.latest?.rows.keys() ?? [])]).toEqual([tokenAt(1), tokenAt(2)]);
    expect(poller.latest?.tick).toBe(1);
    expect(changes).toEqual([[tokenAt(1), tokenAt(2)]]);
    expect(asked).toEqual([{ command: "squeue", isGood: true }]);
  });

  test("an hour without news costs one question an interval", async () => {
    const { clock, cluster } = watch({}, two);
    await clock.pass(3_600_000);
    // The first ones come quicker: at 0, 4, 12 and 28 s, then each 30 s.
    expect(cluster.asked.length).toBe(4 + Math.floor((3_600 - 28) / 30));
  });

  test("tells of rows that changed, appeared or vanished, and of nothing else", async () => {
    const { clock, cluster, changes } = watch({}, two);
    await clock.pass(0);
    cluster.rows = [...cluster.rows].reverse();
    await clock.pass(60_000);
    expect(changes).toHaveLength(1);
    cluster.rows = [queueTexts({ State: "COMPLETING" }), queueTexts({ token: tokenAt(3), ArrayJobID: "10" })];
    await clock.pass(60_000);
    expect(changes.slice(1)).toEqual([[tokenAt(1), tokenAt(3), tokenAt(2)]]);
  });

  test("a hurry is quick, never under the floor, and calms down", async () => {
    const { clock, cluster, poller, start } = watch({}, two);
    await clock.pass(600_000);
    const before = cluster.asked.length;
    for (let n = 0; n < 50; n += 1) {
      poller.hurry();
      await clock.pass(10);
    }
    await clock.pass(100_000);
    const since = cluster.asked.slice(before).map((moment) => moment - start - 600_000);
    const pauses = since.slice(1).map((moment, n) => moment - (since[n] ?? 0));
    expect(pauses.every((pause) => pause >= 2_000)).toBe(true);
    expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  test("looks just after a running job reaches its limit", async () => {
    const { clock, cluster, start } = watch(
      { polling: { intervalSeconds: 600, floorSeconds: 300 } },
      (some) => {
        some.rows = [queueTexts({ StartTime: "1000", TimeLimit: "8:20" })];
      },
    );
    await clock.pass(600_000);
    expect(cluster.asked.map((moment) => moment - start)).toEqual([0, 501_000]);
  });
});

describe("an answer that is not complete and good", () => {
  const faults = {
    "is cut off": (cluster: ScriptedCluster) => {
      cluster.onItsWay = (outcome) => ({ ...outcome, stdout: outcome.stdout.slice(0, -5) });
    },
    "has no rows and no end": (cluster: ScriptedCluster) => {
      cluster.onItsWay = (outcome) => ({ ...outcome, stdout: "" });
    },
    "comes from a squeue that failed": (cluster: ScriptedCluster) => {
      cluster.onItsWay = ({ stdout }) => ({
        code: 0,
        stdout: stdout.replace(/-end 0/u, "-end 1"),
        stderr: "slurm_load_jobs error: Unable to contact slurm controller (connect failure)",
      });
    },
    "never comes": (cluster: ScriptedCluster) => {
      cluster.onItsWay = () => {
        throw new Error("connection lost");
      };
    },
  };

  test.each(Object.entries(faults))("that %s changes no row and counts as no tick", async (_, fault) => {
    const { clock, cluster, poller, changes, asked } = watch({}, two);
    await clock.pass(60_000);
    const { latest } = poller;
    const good = asked.length;
    cluster.rows = [];
    fault(cluster);
    await clock.pass(600_000);
    expect(poller.latest).toBe(latest);
    expect(changes).toHaveLength(1);
    expect(asked.slice(good).every(({ isGood }) => !isGood)).toBe(true);
  });

  test("is told in health, with the time of the first failure, and forgotten at the next good one", async () => {
    const { clock, cluster, poller, start } = watch({}, two);
    await clock.pass(29_000);
    const told: number[] = [];
    poller.subscribeHealth(({ failing }) => told.push(failing?.failures ?? 0));
    faults["comes from a squeue that failed"](cluster);
    await clock.pass(40_000);
    expect(poller.health.failing).toMatchObject({
      since: start + 58_000,
      failures: 3,
      error: {
        kind: "SlurmFailed",
        message:
          "squeue ended with 1: slurm_load_jobs error: Unable to contact slurm controller (connect failure)",
      },
    });
    cluster.onItsWay = (outcome) => outcome;
    await clock.pass(60_000);
    expect(poller.health.failing).toBeUndefined();
    expect(poller.health.lastGood).toMatchObject({ rows: { total: 2, ours: 2 } });
    expect(told).toEqual([1, 2, 3, 0, 0]);
  });

  test("backs off to a minute", async () => {
    const { clock, cluster, poller } = watch({}, (some) => {
      faults["never comes"](some);
    });
    await clock.pass(3_600_000);
    poller.hurry();
    await clock.pass(0);
    const pauses = cluster.asked.slice(1).map((moment, n) => moment - (cluster.asked[n] ?? 0));
    expect(pauses.slice(0, 7)).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    expect(new Set(pauses.slice(7))).toEqual(new Set([60_000]));
  });
});

describe("an answer without any row of ours while jobs live", () => {
  test("is asked for again at the floor before it is believed", async () => {
    const { clock, cluster, poller, changes } = watch({}, two);
    await clock.pass(100_000);
    const before = cluster.asked.length;
    const tick = poller.latest?.tick ?? 0;
    cluster.rows = [queueTexts({ Command: "/home/bob/run.sh" })];
    await clock.pass(30_000);
    const [first = 0, second = 0] = cluster.asked.slice(before);
    expect(second - first).toBe(2_000);
    expect(poller.latest).toMatchObject({ tick: tick + 1, rows: new Map(), begun: second });
    expect(changes.at(-1)).toEqual([tokenAt(1), tokenAt(2)]);
  });

  test("that was wrong is forgotten: no job was gone for a moment", async () => {
    const { clock, cluster, poller, changes } = watch({}, two);
    await clock.pass(100_000);
    const { rows } = cluster;
    const before = cluster.asked.length;
    cluster.rows = [];
    while (cluster.asked.length === before) await clock.pass(1_000);
    expect(poller.latest?.rows.size).toBe(2);
    cluster.rows = rows;
    await clock.pass(10_000);
    expect(poller.latest?.rows.size).toBe(2);
    expect(changes).toHaveLength(1);
  });

  test("is believed at once when all jobs had ended", async () => {
    const { clock, cluster, poller } = watch({}, (some) => {
      some.rows = [queueTexts({ State: "COMPLETED" })];
    });
    await clock.pass(100_000);
    const before = cluster.asked.length;
    cluster.rows = [];
    while (cluster.asked.length === before) await clock.pass(1_000);
    expect(poller.latest?.rows.size).toBe(0);
  });
});

describe("a snapshot begun after a moment", () => {
  test("is the latest one when that is new enough", async () => {
    const { clock, poller, cluster, start } = watch({}, two);
    await clock.pass(1_000);
    const snapshot = await poller.begunAfter(instant(start - 1), { signal: never });
    expect(snapshot).toBe(poller.latest);
    expect(cluster.asked).toHaveLength(1);
  });

  test("is one question for all who wait", async () => {
    const { clock, poller, cluster } = watch({}, two);
    await clock.pass(1_000);
    const moment = instant(clock.now());
    const waiting = Promise.all(
      Array.from({ length: 100 }, () => poller.begunAfter(moment, { signal: never })),
    );
    await clock.pass(1_000);
    const snapshots = await waiting;
    expect(cluster.asked).toHaveLength(2);
    expect(new Set(snapshots)).toEqual(new Set([poller.latest]));
    expect(snapshots[0]?.begun).toBeGreaterThan(moment);
  });

  test("is not the one that is under way", async () => {
    const { clock, poller, cluster } = watch({}, two);
    await clock.pass(30_000);
    const gate = Promise.withResolvers<void>();
    cluster.gate = gate.promise;
    const before = cluster.asked.length;
    while (cluster.asked.length === before) await clock.pass(1_000);
    const underWay = cluster.asked.at(-1) ?? 0;
    const got: Snapshot[] = [];
    const wait = poller
      .begunAfter(instant(underWay), { signal: never })
      .then((snapshot) => got.push(snapshot));
    cluster.gate = undefined;
    gate.resolve();
    await clock.pass(0);
    expect(poller.latest?.begun).toBe(underWay);
    expect(got).toEqual([]);
    await clock.pass(2_000);
    await wait;
    expect(got.map(({ begun }) => begun)).toEqual([after(instant(underWay), 2_000)]);
  });

  test("fails with the question that would have brought it, and at once while questions fail", async () => {
    const { clock, poller, cluster } = watch({}, two);
    await clock.pass(30_000);
    cluster.onItsWay = () => {
      throw new Error("connection lost");
    };
    const first = rejection(poller.begunAfter(instant(clock.now()), { signal: never }));
    await clock.pass(5_000);
    expect(await first).toMatchObject({
      name: "PollFailure",
      kind: "Unreachable",
      message: "connection lost",
    });
    await expect(poller.begunAfter(instant(clock.now()), { signal: never })).rejects.toThrow(
      "connection lost",
    );
  });

  test("is not waited for beyond the caller's own signal", async () => {
    const { clock, poller } = watch({}, two);
    await clock.pass(1_000);
    const stop = new AbortController();
    const wait = rejection(poller.begunAfter(instant(clock.now()), { signal: stop.signal }));
    stop.abort(new Error("enough"));
    expect(await wait).toEqual(new Error("enough"));
  });
});

describe("the end of watching", () => {
  test("ends the question that is under way, all who wait, and every later call", async () => {
    const { clock, poller, cluster } = watch({}, two);
    await clock.pass(1_000);
    const wait = rejection(poller.begunAfter(instant(clock.now()), { signal: never }));
    await poller[Symbol.asyncDispose]();
    expect(await wait).toMatchObject({ name: "PollFailure", message: "this poller is closed" });
    const asked = cluster.asked.length;
    await clock.pass(3_600_000);
    expect(cluster.asked).toHaveLength(asked);
    await expect(poller.begunAfter(instant(clock.now()), { signal: never })).rejects.toThrow(
      "this poller is closed",
    );
  });

  test("a subscriber that throws stops nobody", async () => {
    const errors: unknown[] = [];
    const { clock, poller, cluster, changes } = watch({ reportError: (error) => errors.push(error) });
    poller.subscribe(() => {
      throw new Error("subscriber");
    });
    two(cluster);
    await clock.pass(60_000);
    expect(errors).toEqual([new Error("subscriber")]);
    expect(changes).toHaveLength(1);
    expect(poller.latest?.tick).toBeGreaterThan(1);
  });

  test("who has unsubscribed is told nothing", async () => {
    const { clock, poller, cluster } = watch();
    const told: (readonly Token[])[] = [];
    const unsubscribe = poller.subscribe((tokens) => told.push(tokens));
    unsubscribe();
    two(cluster);
    await clock.pass(60_000);
    expect(told).toEqual([]);
  });
});
