import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { ClusterName } from "../lab/lab.ts";
import { Account, installShells, LoginNode, slurmElsewhere } from "../lab/login-node.ts";
import {
  installOperator,
  mustKubectl,
  type RunningOperator,
  startOperator,
  systemNamespace,
} from "../lab/operator.ts";
import { clusterMessage, clusterUntil, closeWithClusters, extraCluster } from "./cluster-side.ts";
import {
  conditionIn,
  lifetime,
  messageIn,
  ofScript,
  openStage,
  script,
  type Stage,
  submit,
} from "./stage.ts";

const lab = inject("lab");
let operator: RunningOperator;
let stage: Stage;
const opened: AsyncDisposable[] = [];

beforeAll(async () => {
  await installOperator(lab);
  operator = await startOperator(lab);
  stage = await openStage(lab);
  await stage.apply(script("fine", '#!/bin/sh\necho "as $(whoami)"\n'));
});

afterAll(async () => {
  await closeWithClusters(stage);
  await operator[Symbol.asyncDispose]();
  for (const each of opened.reverse()) await each[Symbol.asyncDispose]();
});

const kept = async <T extends AsyncDisposable>(opening: Promise<T>): Promise<T> => {
  const each = await opening;
  opened.push(each);
  return each;
};

/** A SlurmCluster that is reached as this account by this login node. */
async function through(
  what: string,
  way: { on: ClusterName; node: LoginNode; account: Account; spec?: Readonly<Record<string, unknown>> },
): Promise<string> {
  const { on, node, account, spec } = way;
  const login = { user: account.user, credentialsSecretRef: { name: "alice" } };
  return extraCluster(stage, `${what}-${on}`, {
    on,
    spec: {
      ssh: { hosts: ["127.0.0.1"], port: node.port, knownHosts: node.knownHosts },
      workDirectory: `${account.home}/batchwright`,
      observer: login,
      tenants: [{ name: "tests", namespaces: [stage.namespace], login }],
      ...spec,
    },
  });
}

const isReady = { type: "Ready", is: /^True ClusterReady$/u } as const;

describe.concurrent.each(["c1", "c2"] as const)("login nodes of %s", (on) => {
  test.concurrent(
    "Slurm's commands where only the profile finds them",
    { timeout: 2 * lifetime },
    async () => {
      const node = await kept(LoginNode.start(lab, on, [], { mounts: slurmElsewhere }));
      const account = await kept(
        Account.create(lab, on, { files: { ".bash_profile": "echo hello\nPATH=/opt/site/bin:$PATH\n" } }),
      );
      const name = await through("elsewhere", { on, node, account });
      await clusterUntil(stage, name, { type: "Ready", is: /^False SlurmFailed$/u });
      expect(await clusterMessage(stage, name, "Ready")).toMatch(
        /not found; Slurm's commands are not in the usual places; the login's own profile finds them in \/opt\/site\/bin: set spec\.binDirectory to that$/u,
      );
      await stage.apply(submit(`elsewhere-${on}`, ofScript("fine"), { cluster: name }));
      const waiting = await stage.until(
        `elsewhere-${on}`,
        (seen) => conditionIn(seen, "Reconciling") === "True ClusterNotReady",
      );
      expect(messageIn(waiting)).toContain("set spec.binDirectory");
      const patch = JSON.stringify({ spec: { binDirectory: "/opt/site/bin" } });
      await mustKubectl(lab, ["patch", "slurmcluster", name, "--type=merge", "-p", patch]);
      await clusterUntil(stage, name, isReady);
      expect((await stage.finished(`elsewhere-${on}`)).status).toMatchObject({
        phase: "Done",
        user: account.user,
      });
    },
  );

  test.concurrent("a noisy tcsh with its own ideas of Slurm", { timeout: 2 * lifetime }, async () => {
    await installShells(lab, on);
    const node = await kept(
      LoginNode.start(lab, on, ["Banner /etc/issue.net", "SetEnv SBATCH_PARTITION=nowhere TZ=Asia/Kolkata"]),
    );
    const cshrc = "echo 'Welcome'\nsetenv SQUEUE_USERS nobody\nsetenv SLURM_TIME_FORMAT relative\n";
    const account = await kept(Account.create(lab, on, { shell: "/bin/tcsh", files: { ".cshrc": cshrc } }));
    const name = await through("tcsh", { on, node, account });
    await clusterUntil(stage, name, isReady);
    const begun = Date.now();
    await stage.apply(submit(`tcsh-${on}`, ofScript("fine"), { cluster: name }));
    const { status } = await stage.finished(`tcsh-${on}`);
    expect(status).toMatchObject({ phase: "Done", user: account.user, partition: "main" });
    expect(status.log?.tail).toBe(`as ${account.user}\n`);
    for (const time of [status.submittedAt, status.startedAt, status.endedAt])
      expect(Math.abs(Date.parse(time ?? "") - begun)).toBeLessThan(lifetime);
  });

  test.concurrent(
    "a jump host, whose Secret comes later and whose door is shut at first",
    { timeout: 3 * lifetime },
    async () => {
      const jump = await kept(LoginNode.start(lab, on === "c1" ? "c2" : "c1", ["AllowTcpForwarding no"]));
      const node = await kept(LoginNode.start(lab, on));
      const account = await kept(Account.create(lab, on));
      const secret = `jump-${stage.namespace}-${on}`;
      const name = await through("jump", {
        on,
        node,
        account,
        spec: {
          ssh: {
            hosts: ["127.0.0.1"],
            port: node.port,
            knownHosts: node.knownHosts,
            jump: {
              host: "127.0.0.1",
              port: jump.port,
              user: "alice",
              knownHosts: jump.knownHosts,
              credentialsSecretRef: { name: secret },
            },
          },
        },
      });
      await clusterUntil(stage, name, { type: "Ready", is: /^False CredentialsNotFound$/u });
      expect(await clusterMessage(stage, name, "Ready")).toContain(
        `there is no Secret "${secret}" in namespace "batchwright-system" for alice on jump host 127.0.0.1 (spec.ssh.jump)`,
      );
      const key = lab.clusters[on].users.alice.keyFile;
      await mustKubectl(lab, [
        "-n",
        systemNamespace,
        "create",
        "secret",
        "generic",
        secret,
        `--from-file=ssh-privatekey=${key}`,
      ]);
      try {
        await clusterUntil(stage, name, { type: "Ready", is: /^False HostUnreachable$/u });
        expect(await clusterMessage(stage, name, "Ready")).toContain(
          "it needs AllowTcpForwarding for this user",
        );
        await jump.down();
        await clusterUntil(stage, name, { type: "Ready", is: /^False HostUnreachable$/u });
        await jump.configure(["AllowTcpForwarding yes"]);
        await jump.up();
        await clusterUntil(stage, name, isReady);
        await stage.apply(submit(`jump-${on}`, ofScript("fine"), { cluster: name }));
        expect((await stage.finished(`jump-${on}`)).status).toMatchObject({
          phase: "Done",
          user: account.user,
        });
        expect((await jump.logins()).accepted).toBeGreaterThan(0);
      } finally {
        await mustKubectl(lab, ["-n", systemNamespace, "delete", "secret", secret]);
      }
    },
  );

  test.concurrent("a work directory without locks", { timeout: 2 * lifetime }, async () => {
    const node = await kept(LoginNode.start(lab, on));
    await node.run(
      "mkdir -p /opt/lockless; printf '#!/bin/sh\\necho \"flock: 9: No locks available\" >&2\\nexit 71\\n' > /opt/lockless/flock; chmod 755 /opt/lockless/flock",
    );
    const account = await kept(Account.create(lab, on));
    const name = await through("lockless", { on, node, account, spec: { binDirectory: "/opt/lockless" } });
    await clusterUntil(stage, name, { type: "Ready", is: /^False WorkDirectoryUnfit$/u });
    const says =
      /cannot be locked as \S+: cannot lock \S+: flock: 9: No locks available; .*set spec\.workDirectory/u;
    expect(await clusterMessage(stage, name, "Ready")).toMatch(says);
    await stage.apply(submit(`lockless-${on}`, ofScript("fine"), { cluster: name }));
    const waiting = await stage.until(
      `lockless-${on}`,
      (seen) => conditionIn(seen, "Reconciling") === "True WorkDirectoryUnfit",
    );
    expect(messageIn(waiting)).toMatch(says);
    const patch = JSON.stringify({ spec: { binDirectory: null } });
    await mustKubectl(lab, ["patch", "slurmcluster", name, "--type=merge", "-p", patch]);
    await clusterUntil(stage, name, isReady);
    expect((await stage.finished(`lockless-${on}`)).status).toMatchObject({ phase: "Done" });
  });

  test.concurrent("a login that is for files only", { timeout: lifetime }, async () => {
    const node = await kept(LoginNode.start(lab, on, ["ForceCommand internal-sftp"]));
    const account = await kept(Account.create(lab, on));
    const name = await through("sftp", { on, node, account });
    await clusterUntil(stage, name, { type: "Ready", is: /^False ShellFailed$/u });
    expect(await clusterMessage(stage, name, "Ready")).toMatch(
      /did not run \/bin\/sh; .*no ForceCommand or command= such as internal-sftp/u,
    );
  });
});
