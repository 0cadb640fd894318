import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { asRoot } from "../../lab/login-node.ts";
import { Kit } from "./kit.ts";

const lab = inject("lab");
const small = "/small-disk";

describe.each(["c1", "c2"] as const)("on %s a full disk", (name) => {
  let kit: Kit;
  beforeAll(async () => {
    await asRoot(lab, name, `mkdir -p ${small} && mount -t tmpfs -o size=64k,mode=1777 small ${small}`);
    kit = await Kit.open(lab.clusters[name]);
  });
  afterAll(async () => {
    await kit[Symbol.asyncDispose]();
    await asRoot(lab, name, `umount -l ${small}; rmdir ${small}`);
  });

  const fill = async () => kit.sh(`head -c 1M /dev/zero >${small}/fill 2>/dev/null; true`);
  const empty = async () => kit.sh(`rm -f ${small}/fill`);

  test.each(["close", "void"] as const)(
    "while a token is fenced (%s) leaves no fence without an owner: it is unclear, and taken once there is room",
    async (verb) => {
      const place = kit.place({ workDirectory: `${small}/%u` });
      await kit.sh(`mkdir -p -m 700 ${place.directory}/marks`);
      await fill();
      expect(await kit.login[verb](place, kit.call)).toMatchObject({ is: "unclear" });
      await empty();
      expect(await kit.login[verb](place, kit.call)).toEqual({ is: "fenced", owner: { is: "void" } });
    },
  );

  test("while a job starts turns it away, and leaves the fence to whoever comes next", async () => {
    const place = kit.place({ workDirectory: `${small}/%u` });
    const answer = await kit.login.put(
      kit.job(place, { text: "#!/bin/sh\necho ran >> ~/full-disk-ran\n", arguments: ["--hold"] }),
      kit.call,
    );
    expect(answer).toMatchObject({ is: "accepted" });
    await fill();
    const [job] = await kit.rows(place);
    await kit.sh(`scontrol release ${job?.id}`);
    await expect
      .poll(async () => (await kit.rows(place))[0]?.state, { timeout: 30_000, interval: 250 })
      .toBe("FAILED");
    await empty();
    expect(await kit.sh("cat ~/full-disk-ran 2>/dev/null || echo none")).toBe("none\n");
    expect(await kit.login.close(place, kit.call)).toEqual({ is: "fenced", owner: { is: "void" } });
  });
});
