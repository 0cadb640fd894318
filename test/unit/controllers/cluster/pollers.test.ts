import { expect, onTestFinished, test } from "vitest";
import { startPoller } from "../../../../src/backends/slurm/poll/poller.ts";
import { SlurmUnreachable } from "../../../../src/backends/slurm/session/unreachable.ts";
import { Pollers } from "../../../../src/controllers/cluster/pollers.ts";
import { ManualClock, settled } from "../../backends/slurm/poll/manual-clock.ts";
import { install, ScriptedCluster } from "../../backends/slurm/poll/scripted-cluster.ts";

const interval = 30_000;

/** Real pollers, each on a scripted squeue of its own. */
function logins() {
  const clock = new ManualClock();
  const clusters = new Map<string, ScriptedCluster>();
  const pollers = new Pollers((user) => {
    const cluster = new ScriptedCluster(() => clock.now());
    clusters.set(user, cluster);
    return startPoller({
      commands: cluster,
      whose: "Mine",
      install,
      polling: { intervalSeconds: interval / 1000, floorSeconds: interval / 1000 },
      clock,
      random: () => 0,
    });
  });
  onTestFinished(async () => pollers[Symbol.asyncDispose]());
  const asked = () =>
    Object.fromEntries([...clusters].map(([user, cluster]) => [user, cluster.asked.length]));
  return { clock, clusters, pollers, asked };
}

test("each login that is needed asks once a tick, and nobody else", async () => {
  const { clock, pollers, asked } = logins();
  const bob = pollers.of("bob");
  pollers.of("alice");
  expect(pollers.of("bob")).toBe(bob);
  await settled();
  expect(asked()).toEqual({ bob: 1, alice: 1 });
  for (let tick = 0; tick < 3; tick += 1) await clock.pass(interval);
  expect(asked()).toEqual({ bob: 4, alice: 4 });
});

test("a login that fails stops no other", async () => {
  const { clock, clusters, pollers } = logins();
  for (const user of ["alice", "bob"]) pollers.of(user);
  await settled();
  const broken = clusters.get("bob");
  if (broken === undefined) throw new Error("bob does not look");
  broken.onItsWay = () => {
    throw new SlurmUnreachable("AuthenticationFailed", "bob@h:22: refused");
  };
  await clock.pass(interval);
  const health = new Map(pollers.healths);
  expect(health.get("bob")?.failing).toMatchObject({ failures: 1, error: { message: "bob@h:22: refused" } });
  expect(health.get("alice")?.failing).toBeUndefined();
});

test("a login that is in no tenant any more looks no longer", async () => {
  const { clock, pollers, asked } = logins();
  for (const user of ["alice", "bob"]) pollers.of(user);
  await settled();
  await pollers.keepOnly(new Set(["alice", "carol"]));
  await clock.pass(interval);
  expect(asked()).toEqual({ alice: 2, bob: 1 });
  expect(pollers.healths.map(([user]) => user)).toEqual(["alice"]);
});

test("once closed nobody looks, and nobody begins to", async () => {
  const { clock, pollers, asked } = logins();
  pollers.of("alice");
  await settled();
  await pollers[Symbol.asyncDispose]();
  expect(pollers.of("alice")).toBeUndefined();
  expect(pollers.of("bob")).toBeUndefined();
  await clock.pass(interval);
  expect(asked()).toEqual({ alice: 1 });
});
