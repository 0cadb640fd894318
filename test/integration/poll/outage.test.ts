import { expect, inject, test } from "vitest";
import { askQueue } from "../../../src/backends/slurm/poll/queue-question.ts";
import { signalDaemon, startDaemon, stopDaemon } from "../../lab/daemons.ts";
import { eventually } from "../../lab/eventually.ts";
import { WatchedCluster } from "./watched-cluster.ts";

const lab = inject("lab");

test.concurrent(
  "a stopped controller changes no row, and watching goes on when it is back",
  async () => {
    await using cluster = new WatchedCluster(lab, "c2");
    const running = await cluster.submit({ script: "sleep 600" });
    await cluster.rowIn(running, "RUNNING");
    const changes: unknown[] = [];
    await stopDaemon(lab, "c2", "slurmctld");
    let before;
    try {
      cluster.poller.subscribe((tokens) => changes.push(tokens));
      before = cluster.poller.latest;
      cluster.poller.hurry();
      const failing = await eventually(() => cluster.poller.health.failing, { within: 30_000 });
      expect(failing.error).toMatchObject({ name: "PollFailure", kind: "SlurmFailed" });
      expect(failing.error.message).toContain("Unable to contact slurm controller");
      expect(cluster.poller.latest).toBe(before);
      await expect(cluster.look()).rejects.toBe(cluster.poller.health.failing?.error);
    } finally {
      await startDaemon(lab, "c2", "slurmctld");
    }
    await eventually(() => cluster.poller.health.failing === undefined, { within: 30_000 });
    const row = await cluster.rowIn(running, "RUNNING");
    expect(row).toMatchObject({ ...running, restarts: 0 });
    expect(changes).toEqual([]);
    expect(cluster.poller.latest?.tick).toBeGreaterThan(before?.tick ?? 0);
  },
  90_000,
);

test.concurrent(
  "a frozen controller is waited for no longer than the time limit, and is no statement about jobs",
  async () => {
    await using cluster = new WatchedCluster(lab, "c1");
    const running = await cluster.submit({ script: "sleep 600" });
    await cluster.rowIn(running, "RUNNING");
    const slurmctld = lab.clusters.c1.daemons["slurmctld"];
    if (slurmctld === undefined) throw new Error("c1 has no slurmctld");
    await signalDaemon(slurmctld, "SIGSTOP");
    let rows;
    try {
      rows = cluster.poller.latest?.rows;
      cluster.poller.hurry();
      const failing = await eventually(() => cluster.poller.health.failing, { within: 30_000 });
      expect(failing.error.kind).toBe("SlurmFailed");
      expect(cluster.poller.latest?.rows).toBe(rows);
    } finally {
      await signalDaemon(slurmctld, "SIGCONT");
    }
    expect(await eventually(() => cluster.rowIn(running, "RUNNING"), { within: 30_000 })).toMatchObject(
      running,
    );
  },
  90_000,
);

test("a host where nothing answers is unreachable within the time limit", async () => {
  await using cluster = new WatchedCluster(lab, "c2");
  const commands = cluster.commandsOf("alice");
  const slow = {
    run: (command: Parameters<typeof commands.run>[0]) => commands.run({ ...command, command: "sleep 60" }),
  };
  const asking = { install: cluster.install, whose: "Everyone" as const, previous: new Map() };
  const call = {
    commands: slow,
    binDirectory: undefined,
    timeLimitMs: 1_000,
    signal: AbortSignal.timeout(20_000),
  };
  await expect(askQueue(call, asking)).rejects.toThrow("did not end within 1000 ms");
});
