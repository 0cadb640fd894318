import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";

import { setSlurm, signalDaemon } from "../../lab/daemons.ts";
import { eventually } from "../../lab/eventually.ts";
import { Kit } from "./kit.ts";
import { submitOnce } from "./submit-once.ts";

const lab = inject("lab");

/** Seconds that a credential lives. munged's own default is 300. */
const lifetime = 8;
const frozenFor = { "shorter than": 2000, "longer than": (lifetime + 5) * 1000 } as const;

describe.each(["c1", "c2"] as const)(
  "a controller of %s that is frozen with our request in its backlog",
  (name) => {
    const cluster = lab.clusters[name];
    const slurmctld = cluster.daemons["slurmctld"]!;
    let kit: Kit;
    /** Waits for sbatch no longer than a second. */
    let hasty: Kit;
    beforeAll(async () => {
      kit = await Kit.open(cluster);
      hasty = await Kit.open(cluster, {
        login: { limits: { lockSeconds: 1, startSeconds: 1, sbatchSeconds: 1 } },
      });
      await setSlurm(lab, name, { AuthInfo: `cred_expire=5,ttl=${lifetime}` });
      await kit.sh("mkdir -p runs");
    });
    afterEach(async () => signalDaemon(slurmctld, "SIGCONT"));
    afterAll(async () => {
      await setSlurm(lab, name, { AuthInfo: "cred_expire=5,ttl=300" });
      await Promise.all([kit, hasty].map(async (each) => each[Symbol.asyncDispose]()));
    });

    const expired = async (): Promise<number> =>
      (await readFile(slurmctld.log, "utf8")).split("\n").filter((line) => /expired/iu.test(line)).length;

    test.each(Object.entries(frozenFor))(
      "for %s its credential lives: the job comes late or never, and its script runs once",
      { timeout: 120_000 },
      async (_than, milliseconds) => {
        const uid = randomUUID();
        const text = { text: `#!/bin/sh\necho ran >>/home/alice/runs/${uid}\n`, arguments: ["--hold"] };
        const place = kit.place({ uid });
        const before = await expired();
        await signalDaemon(slurmctld, "SIGSTOP");
        expect(await hasty.login.put(hasty.job(place, text), hasty.call)).toMatchObject({ is: "unclear" });
        await sleep(milliseconds);
        await signalDaemon(slurmctld, "SIGCONT");
        const isLong = milliseconds > lifetime * 1000;
        await eventually(
          async () => (isLong ? (await expired()) > before : (await kit.rows(place)).length === 1),
          { within: 30_000, every: 250 },
        );
        expect(await kit.rows(place)).toHaveLength(isLong ? 0 : 1);
        // Nobody knows of it at the time: void has the fence either way, and another attempt follows.
        await submitOnce(kit, uid, { text: text.text });
        await kit.login.hold(place, false, kit.call);
        await eventually(
          async () => (await kit.sh(`squeue -h -u alice -o %o | grep -c ${uid} || true`)) === "0\n",
          {
            within: 60_000,
            every: 500,
          },
        );
        expect(await kit.sh(`cat ~/runs/${uid}`)).toBe("ran\n");
      },
    );
  },
);
