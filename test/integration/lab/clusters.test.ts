import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { insideRoot } from "../../lab/daemons.ts";
import { kubectl, serviceAccountKubeconfig } from "../../lab/kubectl.ts";
import { runCommand } from "../../lab/command.ts";
import { ssh, sshSettings } from "../../lab/ssh.ts";

const lab = inject("lab");

describe.each([
  { cluster: "c1", version: "22.05.8", accounting: true },
  { cluster: "c2", version: "24.11.5", accounting: false },
] as const)("cluster $cluster", ({ cluster, version, accounting }) => {
  test("is what lab.json says", () => {
    expect(lab.clusters[cluster]).toMatchObject({ clusterName: cluster, slurmVersion: version, accounting });
  });

  test.each(["alice", "bob"] as const)("lets %s in by key and knows Slurm there", async (user) => {
    const answer = await ssh(
      lab,
      { cluster, user },
      "whoami; hostname; pwd; sbatch --version; sinfo --noheader --format=%R",
    );
    expect(answer).toEqual({
      code: 0,
      stdout: `${user}\n${cluster}\n/home/${user}\nslurm-wlm ${version}\nmain\nshort\n`,
      stderr: "",
    });
  });

  test("refuses the other user's key, passwords and root", async () => {
    const { ssh: server, users } = lab.clusters[cluster];
    const settings = sshSettings({
      BatchMode: "yes",
      IdentitiesOnly: "yes",
      IdentityFile: users.bob.keyFile,
      Port: server.port,
      UserKnownHostsFile: server.knownHostsFile,
    });
    const refusals = await Promise.all(
      ["root", "alice"].map(async (user) =>
        runCommand("ssh", [...settings, `${user}@${server.host}`, "true"]),
      ),
    );
    expect(refusals).toEqual(
      ["root", "alice"].map((user) => ({
        code: 255,
        stdout: "",
        stderr: `${user}@${server.host}: Permission denied (publickey).\r\n`,
      })),
    );
  });

  test.runIf(lab.clusters[cluster].enforcesMemory)("ends a job that takes too much memory", async () => {
    const script = `cat > greedy.sh <<'END'
#!/bin/sh
python3 -c 'b"x" * 200_000_000'
END
id=$(sbatch --parsable --wait --mem=40M --output=/dev/null greedy.sh)
squeue --noheader --states=all --jobs=$id --format='%T'`;
    const { stdout } = await insideRoot(lab, { cluster, user: "alice" }, script);
    expect(stdout).toBe("OUT_OF_MEMORY\n");
  });

  test("has GPUs, licences and modules to ask for", async () => {
    const script = `printf '#!/bin/bash -l\\nmodule list\\necho gpus=$SLURM_GPUS_ON_NODE\\n' > asks.sh
      id=$(sbatch --parsable --wait --gres=gpu:2 --licenses=matlab:1 --output=%j asks.sh); cat $id`;
    const { stdout, stderr } = await insideRoot(lab, { cluster, user: "alice" }, script);
    expect({ stdout, stderr }).toEqual({
      stdout: expect.stringContaining("gpus=2"),
      stderr: "",
    });
    expect(stdout).toContain("Module");
  });
});

test("c1 accounts for jobs and has the demo's programs", async () => {
  const script = `for program in pw.x gnuplot python3; do command -v $program > /dev/null || echo no $program; done
    sacctmgr --noheader --parsable2 show associations user=$USER format=cluster,account,user`;
  expect(await insideRoot(lab, { cluster: "c1", user: "alice" }, script)).toEqual({
    code: 0,
    stdout: "c1|research|alice\n",
    stderr: "",
  });
});

test("a service account gets a kubeconfig, and RBAC holds for it", async () => {
  const account = { namespace: "default", name: "default" };
  const kubeconfig = await serviceAccountKubeconfig(lab, account);
  const file = join(lab.state, `${account.name}.kubeconfig`);
  await writeFile(file, kubeconfig, { mode: 0o600 });
  const asAccount = async (...words: readonly string[]) =>
    runCommand(lab.kube.kubectl, ["--kubeconfig", file, ...words]);
  expect(await asAccount("auth", "whoami", "--output=jsonpath={.status.userInfo.username}")).toMatchObject({
    code: 0,
    stdout: "system:serviceaccount:default:default",
  });
  expect(await asAccount("get", "secrets")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("forbidden"),
  });
  expect(await kubectl(lab, ["get", "secrets"])).toMatchObject({ code: 0 });
});
