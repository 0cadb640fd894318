import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { Account, type AccountOptions, installShells, LoginNode } from "../../lab/login-node.ts";
import { WayIn } from "./way-in.ts";

const lab = inject("lab");

/** What would change what Slurm's commands say and do, if it reached them. */
const hostile = {
  SBATCH_PARTITION: "nowhere",
  SBATCH_ACCOUNT: "nobody",
  SBATCH_ARRAY_INX: "1-3",
  SBATCH_WAIT: "1",
  SBATCH_TEST_ONLY: "1",
  SQUEUE_USERS: "nobody",
  SQUEUE_STATES: "PD",
  SQUEUE_FORMAT: "%i",
  SACCT_FORMAT: "jobid",
  SINFO_FORMAT: "%n",
  SLURM_CONF: "/nonexistent/slurm.conf",
  SLURM_CLUSTERS: "elsewhere",
  SLURM_TIME_FORMAT: "relative",
  TZ: "Asia/Kolkata",
  LANG: "de_DE.UTF-8",
  LC_ALL: "de_DE.UTF-8",
  LANGUAGE: "de",
  POSIXLY_CORRECT: "1",
  TAR_OPTIONS: "--verbose",
  ENV: "/nonexistent/env",
  CDPATH: "/tmp",
};
const posix = Object.entries(hostile).map(([name, value]) => `export ${name}='${value}'`);
const csh = Object.entries(hostile).map(([name, value]) => `setenv ${name} '${value}'`);
const fish = Object.entries(hostile).map(([name, value]) => `set -gx ${name} '${value}'`);
const text = (...lines: readonly string[]): string => `${lines.join("\n")}\n`;
const noise = `echo 'Welcome! 1 2 3; \u001b[31mred\u001b[0m "quoted"'`;

const accounts: readonly (readonly [string, AccountOptions])[] = [
  ["a .bashrc that prints", { files: { ".bashrc": text(noise, `${noise} >&2`, "printf 'no end of line'") } }],
  ["a .bashrc that takes three seconds", { files: { ".bashrc": text("sleep 3") } }],
  ["a hostile environment in bash", { files: { ".bashrc": text(...posix, "umask 077") } }],
  [
    "a hostile environment in tcsh",
    { shell: "/bin/tcsh", files: { ".cshrc": text(noise, ...csh, "set noclobber", "umask 002") } },
  ],
  [
    "a hostile environment in zsh",
    { shell: "/bin/zsh", files: { ".zshenv": text(noise, ...posix, "setopt NO_NOMATCH") } },
  ],
  [
    "a hostile environment in fish",
    { shell: "/usr/bin/fish", files: { ".config/fish/config.fish": text(noise, ...fish) } },
  ],
  [
    "dash, and a home with blanks and letters of other alphabets",
    { shell: "/bin/dash", home: "/home/a dir, où δ" },
  ],
];

/** An /etc/nologin of this login node alone. */
const maintenance = `mkdir -p /run/lab/closed
mount -t tmpfs tmpfs /run/lab/closed
mkdir /run/lab/closed/upper /run/lab/closed/work
echo 'Maintenance until 18:00' > /run/lab/closed/upper/nologin
mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/lab/closed/upper,workdir=/run/lab/closed/work /etc`;

describe.concurrent.each(["c1", "c2"] as const)("a login on %s", (cluster) => {
  let node: LoginNode;
  const opened: Account[] = [];

  beforeAll(async () => {
    await installShells(lab, cluster);
    node = await LoginNode.start(lab, cluster, [
      "Banner /etc/issue.net",
      "PrintMotd yes",
      "PermitUserEnvironment yes",
      // What a site sets for all: before any profile.
      "SetEnv SBATCH_PARTITION=nowhere SQUEUE_USERS=nobody LC_ALL=de_DE.UTF-8",
    ]);
    await node.run("echo 'Authorised use only.' > /etc/issue.net; echo 'Maintenance on Monday' > /etc/motd");
  });
  afterAll(async () => {
    await Promise.all(opened.map(async (account) => account[Symbol.asyncDispose]()));
    await node[Symbol.asyncDispose]();
  });

  const open = async (options: AccountOptions): Promise<Account> => {
    const account = await Account.create(lab, cluster, options);
    opened.push(account);
    return account;
  };

  test.concurrent.each(accounts)("%s", { timeout: 120_000 }, async (_what, options) => {
    const account = await open(options);
    await using login = await WayIn.open(lab, cluster, { node, account });
    const facts = await login.facts();
    expect({ clusterName: facts.clusterName, version: facts.version }).toEqual({
      clusterName: cluster,
      version: lab.clusters[cluster].slurmVersion,
    });
    const begun = Date.now();
    const { row, marks, log } = await login.run({
      text: "#!/bin/sh\nenv | grep -E '^(SBATCH_|SQUEUE_|TZ=|LC_ALL|SLURM_CLUSTERS)'\necho \"home is $HOME\"\nexit 3\n",
    });
    expect(log).toBe(`home is ${account.home}\n`);
    expect(marks.exits.map(({ end }) => end)).toEqual([{ is: "exited", code: 3 }]);
    expect({ user: row.user, partition: row.partition, taskIndexes: row.taskIndexes }).toEqual({
      user: account.user,
      partition: "main",
      taskIndexes: undefined,
    });
    // By no other time zone than the one of the epoch.
    expect(Math.abs((row.submittedAt ?? 0) - begun)).toBeLessThan(60_000);
  });

  test.concurrent(
    "a login whose shell runs nothing is told with what it said",
    { timeout: 60_000 },
    async () => {
      const shells = [
        {
          shell: "/bin/rbash",
          says: /ended with exit code \d+ and did not run \/bin\/sh; it said ".*restricted/u,
        },
        {
          shell: "/usr/sbin/nologin",
          says: /ended with exit code 1 .*"This account is currently not available\."/u,
        },
      ];
      for (const { shell, says } of shells) {
        await using login = await WayIn.open(lab, cluster, { node, account: await open({ shell }) });
        await expect(login.facts()).rejects.toMatchObject({
          kind: "NoShell",
          message: expect.stringMatching(says),
        });
      }
    },
  );

  test.concurrent("a host under maintenance is told in the site's words", { timeout: 60_000 }, async () => {
    // The node's own /etc is of the moment at which it starts.
    const account = await open({});
    await using closed = await LoginNode.start(lab, cluster, [], { mounts: maintenance });
    await using login = await WayIn.open(lab, cluster, { node: closed, account });
    await expect(login.facts()).rejects.toMatchObject({
      kind: "NoShell",
      message: expect.stringContaining('"Maintenance until 18:00"'),
    });
  });
});
