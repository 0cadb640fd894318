import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { after, instant } from "../../../src/core/instant.ts";
import { Account, LoginNode } from "../../lab/login-node.ts";
import { WayIn } from "./way-in.ts";

const lab = inject("lab");

/** Commands of a login node whose file system or clock is another: first in PATH by binDirectory. */
const others = `
make() { mkdir -p /opt/$1; printf '#!/bin/sh\\n%s\\n' "$3" > /opt/$1/$2; chmod 755 /opt/$1/$2; }
make no-locks flock 'echo "flock: 9: No locks available" >&2; exit 71'
make no-links ln 'echo "ln: failed to create hard link: Operation not permitted" >&2; exit 1'
make day-ahead date 'exec /usr/bin/date -d "+1 day" "$@"'
make hour-behind date 'exec /usr/bin/date -d "-1 hour" "$@"'`;

describe.concurrent.each(["c1", "c2"] as const)("a work directory on %s", (cluster) => {
  let node: LoginNode;
  let account: Account;
  beforeAll(async () => {
    node = await LoginNode.start(lab, cluster);
    await node.run(others);
    account = await Account.create(lab, cluster);
  });
  afterAll(async () => {
    await account[Symbol.asyncDispose]();
    await node[Symbol.asyncDispose]();
  });

  test.concurrent.each([
    ["without locks", "/opt/no-locks", "NoLocks", /cannot lock \S+lock\.\d: flock: 9: No locks available/u],
    ["without hard links", "/opt/no-links", "NoLinks", /hard link: Operation not permitted/u],
  ])("%s is found before anything is sent", async (_what, binDirectory, why, says) => {
    await using login = await WayIn.open(lab, cluster, { node, account, binDirectory });
    const { kit } = login;
    const workDirectory = `${account.home}/${why}`;
    const text = expect.stringMatching(says);
    expect(await kit.login.checkDirectory(`${workDirectory}/it`, kit.call)).toEqual({
      is: "unfit",
      why,
      text,
    });
    const place = kit.place({ workDirectory });
    expect(await kit.login.put(kit.job(place), kit.call)).toEqual({ is: "notSent", why, text });
    expect(await account.run(`ls ${workDirectory}/it`)).not.toContain(place.token);
    // With locks and links it is sent, as if nothing had been.
    await using cured = await WayIn.open(lab, cluster, { node, account });
    expect(await cured.kit.login.checkDirectory(`${workDirectory}/it`, kit.call)).toEqual({ is: "fit" });
    expect(await cured.kit.accepted(kit.job(place))).toBeGreaterThan(0);
  });

  test.concurrent("that the login may not make is told with the system's word", async () => {
    await using login = await WayIn.open(lab, cluster, { node, account });
    const { kit } = login;
    expect(await kit.login.checkDirectory("/root/bw/it", kit.call)).toEqual({
      is: "unfit",
      why: "NotWritable",
      text: expect.stringMatching(/cannot create directory .*Permission denied/u),
    });
  });

  test.concurrent("with a very long path, mounted noexec, works", { timeout: 60_000 }, async () => {
    const root = `/srv/noexec-${account.user}`;
    await account.run(`mkdir -p ${root}; mount -t tmpfs -o noexec,mode=1777 tmpfs ${root}`);
    try {
      const home = `${root}/${Array.from({ length: 8 }, () => "d".repeat(110)).join("/")}`;
      await using login = await WayIn.open(lab, cluster, { node, account: { user: account.user, home } });
      const { log } = await login.run({ text: "#!/bin/sh\necho ran\n" });
      expect(log).toBe("ran\n");
    } finally {
      await account.run(`umount --lazy ${root}`);
    }
  });

  test.concurrent.each(["/opt/day-ahead", "/opt/hour-behind"])(
    "on a host whose clock is off (%s) is used all the same",
    { timeout: 60_000 },
    async (binDirectory) => {
      await using login = await WayIn.open(lab, cluster, { node, account, binDirectory });
      const deadline = after(instant(Date.now()), 7 * 86_400_000);
      const { marks } = await login.run({ text: "#!/bin/sh\nexit 4\n", deadline });
      expect(marks.exits.map(({ end }) => end)).toEqual([{ is: "exited", code: 4 }]);
    },
  );
});
