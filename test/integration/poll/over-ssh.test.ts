import { readFile } from "node:fs/promises";
import { describe, expect, inject, test } from "vitest";
import { readClusterFacts } from "../../../src/backends/slurm/cluster/cluster-facts-question.ts";
import { startPoller } from "../../../src/backends/slurm/poll/poller.ts";
import { Session } from "../../../src/backends/slurm/session/session.ts";
import { instant } from "../../../src/core/instant.ts";
import { WatchedCluster } from "./watched-cluster.ts";

const lab = inject("lab");

describe.each(["c1", "c2"] as const)("watching %s over ssh", (name) => {
  test("sees what the cluster's own commands see, and says itself whose jobs it asked for", async () => {
    const { ssh, users } = lab.clusters[name];
    await using cluster = new WatchedCluster(lab, name);
    await using session = new Session({
      hosts: [ssh.host],
      port: ssh.port,
      user: "bob",
      knownHosts: ssh.knownHosts,
      privateKey: await readFile(users.bob.keyFile),
    });
    const job = await cluster.submit({ script: "sleep 600" });
    const row = await cluster.rowIn(job, "RUNNING");
    const common = {
      commands: session,
      install: cluster.install,
      polling: { intervalSeconds: 30, floorSeconds: 1 },
    } as const;
    await using everyone = startPoller({ ...common, whose: "Everyone" });
    await using mine = startPoller({ ...common, whose: "Mine" });
    const call = { signal: AbortSignal.timeout(20_000) };
    const [all, bobs] = await Promise.all(
      [everyone, mine].map((poller) => poller.begunAfter(instant(0), call)),
    );
    expect(all?.rows.get(job.token)).toEqual([row]);
    expect(bobs?.rows).toEqual(new Map());
    const facts = await readClusterFacts({ commands: session, timeLimitMs: 20_000, signal: call.signal });
    expect(facts).toMatchObject({ clusterName: name, nodes: { total: 4 } });
  });
});
