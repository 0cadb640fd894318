import { beforeAll, describe, expect, inject, test } from "vitest";
import { launcherCodes } from "../../../src/core/slurm/launcher/layout.ts";
import { Account, asRoot, installShells, LoginNode } from "../../lab/login-node.ts";
import { WayIn } from "./way-in.ts";

const lab = inject("lab");

/** Modules of a site, where Environment Modules looks by itself: nothing of the script or the login helps. */
const site = `cd /usr/share/modules/modulefiles && mkdir -p site other chatty
printf '#%%Module\\nsetenv SITE "one two"\\nprepend-path PATH /opt/site-tool\\n' > site/1.0
printf '#%%Module\\nconflict site\\nsetenv OTHER yes\\n' > other/2.0
printf '#%%Module\\nputs stderr "have you read the manual?"\\nsetenv CHATTY yes\\n' > chatty/1
mkdir -p /opt/site-tool && printf '#!/bin/sh\\necho the tool\\n' > /opt/site-tool/tool && chmod 755 /opt/site-tool/tool`;

const entrypoints = [
  ["bash", '#!/bin/bash\necho "$SITE"; tool\n'],
  ["dash", '#!/bin/dash\necho "$SITE"; tool\n'],
  ["tcsh", '#!/bin/tcsh -f\necho "$SITE"; tool\n'],
  ["zsh", '#!/bin/zsh\necho "$SITE"; tool\n'],
  [
    "Python",
    '#!/usr/bin/python3\nimport os, subprocess\nprint(os.environ["SITE"], flush=True)\nsubprocess.run(["tool"], check=True)\n',
  ],
] as const;

describe.concurrent.each(["c1", "c2"] as const)("environment.modules on %s", (cluster) => {
  beforeAll(async () => {
    await installShells(lab, cluster);
    await asRoot(lab, cluster, site);
  });

  /** As a new user whose login shell is the one that modules know least of. */
  const asTcshUser = async () => {
    const node = await LoginNode.start(lab, cluster);
    const account = await Account.create(lab, cluster, { shell: "/bin/tcsh" });
    const login = await WayIn.open(lab, cluster, { node, account });
    return {
      login,
      async [Symbol.asyncDispose]() {
        await login[Symbol.asyncDispose]();
        await account[Symbol.asyncDispose]();
        await node[Symbol.asyncDispose]();
      },
    };
  };

  test.concurrent("work in every entrypoint without its help", { timeout: 120_000 }, async () => {
    await using user = await asTcshUser();
    const jobs = entrypoints.map(async ([, text]) => user.login.run({ text, modules: ["site/1.0"] }));
    expect((await Promise.all(jobs)).map(({ log }) => log)).toEqual(
      entrypoints.map(() => "one two\nthe tool\n"),
    );
  });

  test.concurrent("give a bash script the module command as well", { timeout: 120_000 }, async () => {
    await using user = await asTcshUser();
    const text = '#!/bin/bash\nmodule unload site && module load other && echo "$OTHER ${SITE-gone}"\n';
    expect((await user.login.run({ text, modules: ["site/1.0", "chatty"] })).log).toBe(
      "have you read the manual?\nyes gone\n",
    );
  });

  test.concurrent.each([
    ["is not there", ["site/1.0", "absent/9"], /module load absent\/9 failed on \S+; see the lines above/u],
    ["cannot stand beside another", ["site/1.0", "other/2.0"], /module load other\/2\.0 failed on \S+/u],
  ])("one that %s ends the job before its script", { timeout: 120_000 }, async (_what, modules, says) => {
    await using user = await asTcshUser();
    const { log, marks } = await user.login.run({ text: "#!/bin/sh\necho it ran\n", modules });
    expect(marks.exits.map(({ end }) => end)).toEqual([{ is: "exited", code: launcherCodes.modules }]);
    expect(log).toMatch(says);
    expect(log).not.toContain("it ran");
  });
});
