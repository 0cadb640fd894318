import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { Account, LoginNode, userDefaults } from "../../lab/login-node.ts";
import { WayIn } from "./way-in.ts";

const lab = inject("lab");

const { binDirectory } = userDefaults;

describe.concurrent.each(["c1", "c2"] as const)("~/.slurm/defaults on %s", (cluster) => {
  let node: LoginNode;
  beforeAll(async () => {
    node = await LoginNode.start(lab, cluster);
    await node.run(userDefaults.install);
  });
  afterAll(async () => node[Symbol.asyncDispose]());
  const accountWith = async (defaults: string) =>
    Account.create(lab, cluster, { files: { ".slurm/defaults": defaults } });

  test("count as sbatch's own, below the lines of the script", async () => {
    await using account = await accountWith("sbatch:*:partition=short\nsbatch:*:wait=\nsbatch:*:nice=7\n");
    await using login = await WayIn.open(lab, cluster, { node, account, binDirectory });
    const first = await login.run({ text: "#!/bin/sh\ntrue\n" });
    const second = await login.run({ text: "#!/bin/sh\ntrue\n", directives: ["#SBATCH --partition=main"] });
    expect([first.row.partition, second.row.partition]).toEqual(["short", "main"]);
  });

  test("that make sbatch silent are named, and nothing of the job runs", async () => {
    await using account = await accountWith("sbatch:*:quiet=\n");
    await using login = await WayIn.open(lab, cluster, { node, account, binDirectory });
    const { kit } = login;
    const place = kit.place({ workDirectory: `${account.home}/bw` });
    expect(await kit.login.put(kit.job(place, { text: "#!/bin/sh\ntouch ~/it-ran\n" }), kit.call)).toEqual({
      is: "unclear",
      text: expect.stringContaining("~/.slurm/defaults"),
    });
    expect(await kit.login.void(place, kit.call)).toMatchObject({ is: "fenced" });
    await kit.login.cancel(place, kit.call);
  });
});
