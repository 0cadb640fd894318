import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { findSlurm } from "../../../src/backends/slurm/cluster/slurm-search.ts";
import { Account, type AccountOptions, installShells, LoginNode } from "../../lab/login-node.ts";
import { WayIn } from "./way-in.ts";

const lab = inject("lab");
const cluster = "c2";
let node: LoginNode;

beforeAll(async () => {
  await installShells(lab, cluster);
  node = await LoginNode.start(lab, cluster);
  await node.run(
    "mkdir -p '/opt/site two/bin' /opt/site/bin; ln -sf /usr/bin/sbatch /opt/site/bin/; ln -sf /usr/bin/sbatch '/opt/site two/bin/'",
  );
});
afterAll(async () => node[Symbol.asyncDispose]());

const rows: readonly (readonly [string, AccountOptions, string | undefined])[] = [
  ["bash", { files: { ".bash_profile": "echo hello; PATH=/opt/site/bin:$PATH\n" } }, "/opt/site/bin"],
  ["dash", { shell: "/bin/dash", files: { ".profile": "PATH=/opt/site/bin:$PATH\n" } }, "/opt/site/bin"],
  [
    "tcsh",
    { shell: "/bin/tcsh", files: { ".cshrc": "set path = (/opt/site/bin $path)\n" } },
    "/opt/site/bin",
  ],
  ["zsh", { shell: "/bin/zsh", files: { ".zprofile": "path=(/opt/site/bin $path)\n" } }, "/opt/site/bin"],
  [
    "fish",
    { shell: "/usr/bin/fish", files: { ".config/fish/config.fish": "set -x PATH /opt/site/bin $PATH\n" } },
    "/opt/site/bin",
  ],
  ["a profile that finds none", { files: { ".bash_profile": "PATH=/sbin/none\n" } }, undefined],
  [
    "a folder that spec.binDirectory cannot name",
    { files: { ".bash_profile": "PATH='/opt/site two/bin'\n" } },
    undefined,
  ],
];

describe("where a login's own profile finds Slurm", () => {
  test.concurrent.each(rows)("%s", async (_what, options, found) => {
    await using account = await Account.create(lab, cluster, options);
    await using login = await WayIn.open(lab, cluster, { node, account });
    const { session, call } = login.kit;
    expect(
      await findSlurm({
        commands: { run: async (command) => session.run(command) },
        timeLimitMs: 30_000,
        ...call,
      }),
    ).toBe(found);
  });
});
