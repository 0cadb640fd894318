import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import type { ClusterName } from "../../lab/lab.ts";
import { asRoot } from "../../lab/login-node.ts";
import { ensureQuota, hasQuotas, type Quota } from "../../lab/quota.ts";
import { Kit } from "./kit.ts";

const lab = inject("lab");
const small = "/small-disk";
const few = "/few-inodes";
const limited = "/limited";
const usedUp = "a used-up quota";

/** A place where work directories are, that can be made to take nothing more. */
interface Shortage {
  readonly directory: string;
  readonly open: (on: ClusterName) => Promise<unknown>;
  readonly begin: (on: ClusterName) => Promise<unknown>;
  readonly end: (on: ClusterName) => Promise<unknown>;
  readonly close: (on: ClusterName) => Promise<unknown>;
}

const mountTmpfs = async (on: ClusterName, directory: string, size: string): Promise<unknown> =>
  asRoot(
    lab,
    on,
    `mkdir -p ${directory} && { mountpoint -q ${directory} || mount -t tmpfs -o ${size},mode=1777 small ${directory}; }`,
  );
const unmount = async (on: ClusterName, directory: string): Promise<unknown> =>
  asRoot(lab, on, `umount -l ${directory}; rmdir ${directory}`);

const quotas = new Map<ClusterName, Quota>();
const hasQuota = await hasQuotas();

const shortages: Readonly<Record<string, Shortage>> = {
  "a full disk": {
    directory: small,
    open: async (on) => mountTmpfs(on, small, "size=512k"),
    begin: async (on) => asRoot(lab, on, `head -c 1M /dev/zero >${small}/fill 2>/dev/null || true`),
    end: async (on) => asRoot(lab, on, `rm -f ${small}/fill`),
    close: async (on) => unmount(on, small),
  },
  "a disk without inodes": {
    directory: few,
    open: async (on) => mountTmpfs(on, few, "size=10m,nr_inodes=500"),
    begin: async (on) =>
      asRoot(lab, on, `for n in $(seq 600); do : >${few}/fill-$n; done 2>/dev/null || true`),
    end: async (on) => asRoot(lab, on, `rm -f ${few}/fill-*`),
    close: async (on) => unmount(on, few),
  },
  [usedUp]: {
    directory: `${limited}/users`,
    open: async (on) => void quotas.set(on, await ensureQuota(lab, on, limited)),
    begin: async (on) => quotas.get(on)?.useUp(),
    end: async (on) => quotas.get(on)?.lift(),
    close: async () => undefined,
  },
};

describe.each(["c1", "c2"] as const)("on %s", (name) => {
  let kit: Kit;
  beforeAll(async () => {
    kit = await Kit.open(lab.clusters[name]);
  });
  afterAll(async () => kit[Symbol.asyncDispose]());

  describe.each(Object.entries(shortages).filter(([what]) => hasQuota || what !== usedUp))(
    "%s",
    (_what, shortage) => {
      beforeAll(async () => void (await shortage.open(name)));
      afterEach(async () => void (await shortage.end(name)));
      afterAll(async () => void (await shortage.close(name)));
      const place = () => kit.place({ workDirectory: `${shortage.directory}/%u` });

      test("while a job is put stops it before it is sent, and it goes once there is room", async () => {
        const job = kit.job(place());
        await shortage.begin(name);
        expect(await kit.login.put(job, kit.call)).toMatchObject({ is: "notSent", why: "NotWritable" });
        expect(await kit.rows(job)).toEqual([]);
        await shortage.end(name);
        await kit.accepted(job);
        expect((await kit.ended(job)).exits).toMatchObject([{ end: { is: "exited", code: 0 } }]);
      });

      test.each(["close", "void"] as const)(
        "while a token is fenced (%s) leaves no fence without an owner: it is unclear, and taken once there is room",
        async (verb) => {
          const token = place();
          await kit.sh(`mkdir -p -m 700 ${token.directory}/marks`);
          await shortage.begin(name);
          expect(await kit.login[verb](token, kit.call)).toMatchObject({ is: "unclear" });
          await shortage.end(name);
          expect(await kit.login[verb](token, kit.call)).toEqual({ is: "fenced", owner: { is: "void" } });
        },
      );

      test("while a job starts turns it away, and leaves the fence to whoever comes next", async () => {
        const job = place();
        const ran = `~/full-disk-ran-${job.token}`;
        const held = kit.job(job, { text: `#!/bin/sh\necho ran >> ${ran}\n`, arguments: ["--hold"] });
        expect(await kit.login.put(held, kit.call)).toMatchObject({ is: "accepted" });
        await shortage.begin(name);
        const [row] = await kit.rows(job);
        await kit.sh(`scontrol release ${row?.id}`);
        await expect
          .poll(async () => (await kit.rows(job))[0]?.state, { timeout: 30_000, interval: 250 })
          .toBe("FAILED");
        await shortage.end(name);
        expect(await kit.sh(`cat ${ran} 2>/dev/null || echo none`)).toBe("none\n");
        expect(await kit.login.close(job, kit.call)).toEqual({ is: "fenced", owner: { is: "void" } });
      });
    },
  );

  test.runIf(hasQuota)(
    "this kernel has a file system with quotas: skipped, and the rows above with it, where not",
    () => {
      expect(hasQuota).toBe(true);
    },
  );
});
