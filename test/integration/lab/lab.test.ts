import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { runCommand } from "../../lab/command.ts";
import { insideRoot, restartDaemon, signalDaemon, startDaemon } from "../../lab/daemons.ts";
import { eventually } from "../../lab/eventually.ts";
import { kubectl } from "../../lab/kubectl.ts";
import { labCommand, type Cluster, type PartialLab } from "../../lab/lab.ts";
import { noTraces, pidNamespaceOf, readMachine, readTraces } from "./machine.ts";
import { OwnLab } from "./own-lab.ts";

const daemonPids = (cluster: Cluster): Record<string, number | null> =>
  Object.fromEntries(Object.entries(cluster.daemons).map(([name, { pid }]) => [name, pid]));

const must = <T>(value: T | undefined, what: string): T => {
  if (value === undefined) throw new Error(`the lab has no ${what}`);
  return value;
};

const alice = { cluster: "c2", user: "alice" } as const;

/** Submits a job and waits until it has ended; returns its id, user, state and cluster. */
const runJob = async (lab: PartialLab): Promise<string> => {
  // An output file of its own: after a crash slurmctld may run an ended job again, as it had not stored the end yet.
  const script = `id=$(printf '#!/bin/sh\\nhostname\\n' | sbatch --wait --parsable --output=%j) && echo $id && cat $id`;
  const { code, stdout, stderr } = await insideRoot(lab, alice, script);
  if (code !== 0) throw new Error(stderr);
  return stdout;
};

describe("two labs side by side", () => {
  test("share nothing, and end without a trace", { timeout: 120_000 }, async () => {
    const before = await readMachine();
    await using left = new OwnLab("left");
    await using right = new OwnLab("right");
    const labs = await Promise.all([left.up("c2"), right.up("c2")]);
    const clusters = labs.map((lab) => must(lab.clusters.c2, "c2"));
    const namespaces = await Promise.all(
      clusters.map(async (cluster) => pidNamespaceOf(must(daemonPids(cluster)["init"] ?? undefined, "init"))),
    );

    const ports = clusters.flatMap(({ daemons }) => Object.values(daemons).flatMap(({ port }) => port ?? []));
    expect(new Set(ports).size).toBe(ports.length);
    expect(await Promise.all(labs.map(runJob))).toEqual(["1\nc2\n", "1\nc2\n"]);
    const mounts = await Promise.all([left, right].map(async ({ name }) => readTraces(name, namespaces)));
    expect(mounts.map((traces) => traces.mounts)).toEqual([[], []]);

    // A job that runs when its lab ends goes with it.
    await insideRoot(labs[0], alice, `printf '#!/bin/sh\\nsleep 600\\n' | sbatch`);
    await eventually(
      async () => (await insideRoot(labs[0], alice, "squeue -h -t R -o %i")).stdout.trim() === "2",
      {
        within: 20_000,
      },
    );
    expect(await left.down()).toMatchObject({ code: 0 });
    expect(await readTraces(left.name, namespaces.slice(0, 1))).toEqual(noTraces);
    expect(await runJob(labs[1])).toBe("2\nc2\n");

    expect(await right.down()).toMatchObject({ code: 0 });
    expect(await readTraces(right.name, namespaces)).toEqual(noTraces);
    expect(await readMachine()).toEqual(before);
  });
});

describe("up", () => {
  test("twice is harmless, and what died comes back with its state", { timeout: 120_000 }, async () => {
    await using own = new OwnLab("twice");
    const first = must((await own.up("c2")).clusters.c2, "c2");
    expect(await runJob(await own.read())).toBe("1\nc2\n");

    const again = must((await own.up("c2")).clusters.c2, "c2");
    expect(daemonPids(again)).toEqual(daemonPids(first));

    await signalDaemon(must(first.daemons["slurmctld"], "slurmctld"), "SIGKILL");
    const healed = must((await own.up("c2")).clusters.c2, "c2");
    expect(daemonPids(healed)).toEqual({ ...daemonPids(first), slurmctld: expect.any(Number) });
    expect(healed.daemons["slurmctld"]?.pid).not.toBe(first.daemons["slurmctld"]?.pid);
    // What slurmctld had not saved yet is gone with it, the last id perhaps too: but it does not begin anew.
    expect(await runJob(await own.read())).toMatch(/^[2-9]\nc2\n$/u);

    await signalDaemon(must(first.daemons["init"], "init"), "SIGKILL");
    await own.up("c2");
    expect(await runJob(await own.read())).toMatch(/^[2-9]\nc2\n$/u);
  });

  test("says which daemon did not start, with the end of its log", { timeout: 120_000 }, async () => {
    await using own = new OwnLab("broken");
    const { code, stderr } = await own.tell("up", "--set", "c2:SchedulerType=sched/nonsense", "c2");
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /c2 slurmctld ended while starting\. End of \S+slurmctld\.log:\n[^]*fatal/,
      ),
    });
  });

  test.each([
    [["up", "c3"], 'no part "c3"; there are kube, c1, c2 and node'],
    [["up", "--set", "MaxJobCount", "c2"], 'setting "MaxJobCount": write [c1:|c2:]KEY=VALUE'],
    [["fly"], 'no verb "fly"; try --help'],
    [["restart", "c2", "slurmdbd"], 'part c2 has no daemon "slurmdbd"; it has: init munged slurmctld'],
    [["stop", "c2", "slurmctld"], "is not up; start it with: test/lab/lab --name"],
  ])("refuses %j with a message that names the fix", async (words, message) => {
    const { code, stderr } = await new OwnLab("refused").tell(...words);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(message) });
    expect(await readTraces(new OwnLab("refused").name, [])).toEqual(noTraces);
  });
});

describe("down", () => {
  test("cleans up after an up that was killed half-way", { timeout: 120_000 }, async () => {
    await using own = new OwnLab("killed");
    const killing = new AbortController();
    const starting = runCommand(labCommand, ["--name", own.name, "up", "c2"], { signal: killing.signal });
    // Without a handler from the start its rejection would count as unhandled while the test waits.
    const failure = starting.catch((error: unknown) => error);
    await eventually(async () => (await readTraces(own.name, [])).processes.length > 2, {
      within: 60_000,
      every: 20,
    });
    killing.abort();
    expect(await failure).toMatchObject({ message: expect.stringContaining("did not run") });
    expect(await own.down()).toMatchObject({ code: 0 });
    expect(await readTraces(own.name, [])).toEqual(noTraces);
  });
});

describe("hold", () => {
  test(
    "keeps a lab from being ended by a run that has finished, but not by a person",
    { timeout: 120_000 },
    async () => {
      await using own = new OwnLab("held");
      const holding = new AbortController();
      const holder = spawn(labCommand, ["--name", own.name, "hold"], {
        stdio: ["pipe", "pipe", "inherit"],
        signal: holding.signal,
      });
      holder.on("error", () => undefined);
      await once(holder.stdout, "data");
      await own.up("c2");
      expect(await own.tell("down", "--unless-used")).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("left up"),
      });
      expect(await own.tell("status")).toMatchObject({ code: 0 });

      // However the holder ends, the hold ends with it.
      holding.abort();
      await once(holder, "close");
      expect(await own.tell("down", "--unless-used")).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("is down"),
      });
      expect(await readTraces(own.name, [])).toEqual(noTraces);
    },
  );
});

describe("daemons", () => {
  test(
    "the API server starts again on the same data, also after a freeze",
    { timeout: 120_000 },
    async () => {
      await using own = new OwnLab("kube");
      const lab = await own.up("kube");
      const kube = { kube: must(lab.kube, "kube") };
      expect(await kubectl(kube, ["create", "configmap", "kept", "--from-literal=a=b"])).toMatchObject({
        code: 0,
      });

      await signalDaemon(kube.kube.daemons.apiserver, "SIGSTOP");
      expect(await kubectl(kube, ["get", "--raw", "/readyz", "--request-timeout=500ms"])).toMatchObject({
        code: 1,
      });
      await restartDaemon(lab, "kube", "apiserver");

      await signalDaemon(kube.kube.daemons.apiserver, "SIGKILL");
      await startDaemon(lab, "kube", "apiserver");
      const kept = await kubectl(kube, ["get", "configmap", "kept", "--output=jsonpath={.data.a}"]);
      expect(kept).toEqual({ code: 0, stdout: "b", stderr: "" });
      expect(await readFile(kube.kube.kubeconfig, "utf8")).toContain(kube.kube.server);
    },
  );
});
