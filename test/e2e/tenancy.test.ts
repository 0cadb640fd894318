import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { ClusterName } from "../lab/lab.ts";
import { Account, LoginNode, userDefaults } from "../lab/login-node.ts";
import { installOperator, type RunningOperator, startOperator } from "../lab/operator.ts";
import { clusterSide, clusterUntil, closeWithClusters, extraCluster } from "./cluster-side.ts";
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

beforeAll(async () => {
  await installOperator(lab);
  operator = await startOperator(lab);
  stage = await openStage(lab);
});

afterAll(async () => {
  await closeWithClusters(stage);
  await operator[Symbol.asyncDispose]();
});

/** What a login can set to have its way with sbatch. */
const wishes =
  "export SBATCH_PARTITION=short SBATCH_ACCOUNT=other SBATCH_QOS=high SBATCH_RESERVATION=nobodys SLURM_CLUSTERS=c9\n";
const defaults =
  "sbatch:*:partition=short\nsbatch:*:account=other\nsbatch:*:qos=high\nsbatch:*:comment=mine\n";

interface Site extends AsyncDisposable {
  readonly account: Account;
  readonly cluster: string;
}

/** A tenant with bounds, whose login would have it otherwise by every means of its own. */
async function openSite(on: ClusterName): Promise<Site> {
  const node = await LoginNode.start(lab, on, ["SetEnv SBATCH_PARTITION=short SBATCH_ACCOUNT=other"]);
  await node.run(userDefaults.install);
  const files = {
    ".bash_profile": wishes,
    ".bashrc": wishes,
    ".profile": wishes,
    ".slurm/defaults": defaults,
  };
  const account = await Account.create(lab, on, { files });
  const login = { user: account.user, credentialsSecretRef: { name: "alice" } };
  const bounds = { account: "research", partitions: ["main"], qos: ["normal"], reservations: [] };
  const cluster = await extraCluster(stage, `bounded-${on}`, {
    on,
    spec: {
      ssh: { hosts: ["127.0.0.1"], port: node.port, knownHosts: node.knownHosts },
      workDirectory: `${account.home}/batchwright`,
      binDirectory: userDefaults.binDirectory,
      observer: login,
      defaults: { partition: "main", qos: "normal" },
      tenants: [{ name: "physics", namespaces: [stage.namespace], login, ...bounds }],
    },
  });
  await clusterUntil(stage, cluster, { type: "Ready", is: /^True ClusterReady$/u });
  return {
    account,
    cluster,
    async [Symbol.asyncDispose]() {
      await account[Symbol.asyncDispose]();
      await node[Symbol.asyncDispose]();
    },
  };
}

const other = "/home/x/batchwright/lab/lab-0f0e0d0c-0b0a-0908-0706-050403020199-1/batch.sh";

describe.concurrent.each(["c1", "c2"] as const)("a tenant of %s", (on) => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite(on);
  });
  afterAll(async () => site[Symbol.asyncDispose]());

  const refused = [
    [
      "partition",
      "#SBATCH --time=5\n#SBATCH -pshort",
      "PartitionNotAllowed",
      "line 3 of run.sh: #SBATCH -pshort",
    ],
    ["pbs", "#PBS -q short", "PartitionNotAllowed", "line 2 of run.sh: #PBS -q short"],
    ["account", "#SBATCH -A 'other'", "AccountNotAllowed", "line 2 of run.sh: #SBATCH -A 'other'"],
    ["qos", "\n# why not\n#SBATCH --qos high", "QosNotAllowed", "line 4 of run.sh: #SBATCH --qos high"],
    ["reservation", "#SBATCH --reserv=x", "ReservationNotAllowed", "line 2 of run.sh"],
    ["uid", "#SBATCH --uid=0", "InvalidScript", "run.sh:2"],
    ["clusters", "#SBATCH -M c9", "OptionsInvalid", "run.sh:2"],
  ] as const;

  test("is refused what is not his, with the line, and nothing is sent", { timeout: lifetime }, async () => {
    for (const [what, text] of refused)
      await stage.apply(
        script(`${what}-${on}`, `#!/bin/sh\n${text}\ntouch ~/ran\n`),
        submit(`${what}-${on}`, ofScript(`${what}-${on}`), { cluster: site.cluster }),
      );
    for (const [what, , reason, where] of refused) {
      const { status, ...seen } = await stage.finished(`${what}-${on}`);
      expect([what, status.phase, conditionIn({ status, ...seen }, "Stalled")]).toEqual([
        what,
        "Rejected",
        `True ${reason}`,
      ]);
      expect(messageIn({ status, ...seen })).toContain(where);
      expect(status.attempts).toBeUndefined();
    }
    expect(await site.account.run(`ls ${site.account.home}/ran 2>/dev/null || true`)).toBe("");
  });

  test(
    "runs with what is his, whatever his login, his variables and his options say",
    { timeout: lifetime },
    async () => {
      const name = `his-${on}`;
      const sbatch = [
        `--comment=${other}`,
        `--job-name=${other}`,
        "--export=ALL,SBATCH_ACCOUNT=other,SLURM_JOB_ID=1",
      ];
      const variables = [
        { name: "SBATCH_PARTITION", value: "short" },
        { name: "SBATCH_ACCOUNT", value: "other" },
        { name: "SLURM_JOB_ACCOUNT", value: "other" },
      ];
      await stage.apply(
        script(name, "#!/bin/sh\nuntil [ -e ~/seen ]; do sleep 0.2; done\nid -un\n", {
          environment: { variables },
        }),
        submit(name, ofScript(name), { cluster: site.cluster, spec: { variables, resources: { sbatch } } }),
      );
      const { status } = await stage.until(name, (seen) => seen.status.state === "RUNNING");
      const jobId = status.jobId ?? "";
      const path = `${status.workingDirectory}/batch.sh`;
      const run = async (text: string) => clusterSide(stage, on).run("root", text);
      // Neither name nor comment is ours, and neither is taken for the token.
      expect(await run(`squeue -h -j ${jobId} -o '%u|%a|%P|%k|%j|%v|%o'`)).toBe(
        [site.account.user, "research", "main", other, other, "(null)", path].join("|"),
      );
      await site.account.run(`touch ${site.account.home}/seen`);
      const done = await stage.finished(name);
      expect(done.status).toMatchObject({
        phase: "Done",
        jobId,
        partition: "main",
        log: { tail: `${site.account.user}\n` },
      });
      expect(done.status.attempts).toHaveLength(1);
    },
  );
});
