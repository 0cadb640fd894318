import { describe, expect, inject, test } from "vitest";
import { readClusterFacts } from "../../../src/backends/slurm/cluster/cluster-facts-question.ts";
import { eventually } from "../../lab/eventually.ts";
import { WatchedCluster } from "./watched-cluster.ts";

const lab = inject("lab");

describe.each(["c1", "c2"] as const)("what %s says of itself", (name) => {
  const factsOf = (cluster: WatchedCluster) =>
    readClusterFacts({
      commands: cluster.commandsOf("alice"),
      binDirectory: "/usr/bin",
      timeLimitMs: 20_000,
      signal: AbortSignal.timeout(20_000),
    });

  test("is read in one command, alike from both releases", async () => {
    await using cluster = new WatchedCluster(lab, name);
    await cluster.run("root", "scancel -u alice; scancel -u bob");
    const quiet = await eventually(
      async () => {
        const facts = await factsOf(cluster);
        return facts.cpus.allocated === 0 && facts.queue.running === 0 && facts.queue.pending === 0
          ? facts
          : undefined;
      },
      { within: 30_000 },
    );
    expect(quiet).toEqual({
      clusterName: name,
      version: lab.clusters[name].slurmVersion,
      accounting: lab.clusters[name].accounting,
      minJobAgeSeconds: 60,
      messageTimeoutSeconds: 10,
      maxArraySize: 10_001,
      maxJobCount: 50_000,
      credentialLifetimeSeconds: 5,
      requestLifetimeSeconds: 300,
      partitions: [
        {
          name: "main",
          state: "UP",
          isDefault: true,
          nodes: 4,
          cpus: 32,
          defaultTimeSeconds: 3_600,
          free: { cpus: 32, nodes: 4 },
        },
        {
          name: "short",
          state: "UP",
          isDefault: false,
          nodes: 2,
          cpus: 16,
          maxTimeSeconds: 600,
          defaultTimeSeconds: 300,
          free: { cpus: 16, nodes: 2 },
        },
      ],
      nodes: { total: 4, idle: 4, allocated: 0, mixed: 0, down: 0, drained: 0 },
      cpus: { total: 32, allocated: 0 },
      gpus: [{ type: "gpu", total: 8, used: 0 }],
      licenses: [
        { name: "ansys", total: 2, used: 0 },
        { name: "matlab", total: 4, used: 0 },
      ],
      queue: { pending: 0, running: 0 },
    });
  });

  test("counts what jobs use, and nodes that take no more", async () => {
    await using cluster = new WatchedCluster(lab, name);
    const whole = await cluster.submit({ script: "sleep 600", options: `-w ${name}-n1 -n 8 -L matlab:3` });
    const part = await cluster.submit({ script: "sleep 600", options: `-w ${name}-n2 -n 2 --gres=gpu:1` });
    const held = await cluster.submit({ options: "--hold" });
    await cluster.rowIn(whole, "RUNNING");
    await cluster.rowIn(part, "RUNNING");
    await cluster.rowIn(held, "PENDING");
    await cluster.run("root", `scontrol update nodename=${name}-n3 state=drain reason=test`);
    try {
      expect(await factsOf(cluster)).toMatchObject({
        partitions: [
          { name: "main", free: { cpus: 14, nodes: 2 } },
          { name: "short", free: { cpus: 6, nodes: 1 } },
        ],
        nodes: { total: 4, idle: 1, allocated: 1, mixed: 1, down: 0, drained: 1 },
        cpus: { total: 32, allocated: 10 },
        gpus: [{ type: "gpu", total: 8, used: 1 }],
        licenses: [
          { name: "ansys", total: 2, used: 0 },
          { name: "matlab", total: 4, used: 3 },
        ],
        queue: { pending: 1, running: 2 },
      });
    } finally {
      await cluster.run("root", `scontrol update nodename=${name}-n3 state=resume`);
    }
  });

  test("a login without Slurm's commands is told which one failed", async () => {
    await using cluster = new WatchedCluster(lab, name);
    const commands = cluster.commandsOf("alice");
    const call = {
      commands: {
        run: (command: Parameters<typeof commands.run>[0]) =>
          commands.run({
            ...command,
            stdin: `PATH=/nosuch; date() { /usr/bin/date "$@"; }\n${command.stdin}`,
          }),
      },
      binDirectory: undefined,
      timeLimitMs: 20_000,
      signal: AbortSignal.timeout(20_000),
    };
    await expect(readClusterFacts(call)).rejects.toMatchObject({
      name: "PollFailure",
      kind: "SlurmFailed",
      message: expect.stringContaining("scontrol show config ended with 127: "),
    });
  });
});
