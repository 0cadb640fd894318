import { insideRoot, restartDaemon, setSlurm } from "../../lab/daemons.ts";
import type { ClusterName, Lab } from "../../lab/lab.ts";

/** What a node of the cluster is kept for, so that cases do not disturb each other. */
export const nodesOf = (cluster: ClusterName) => ({
  steady: `${cluster}-n1`,
  failing: `${cluster}-n2`,
  booting: `${cluster}-n3`,
  contended: `${cluster}-n4`,
});

const gates = { prolog: "/etc/slurm/test-prolog", epilog: "/etc/slurm/test-epilog" };

/** A file of this name keeps a job in its prolog or epilog; while it holds the word "fail", what it kept fails. */
export const gateFile = (stage: "prolog" | "epilog", jobId: string): string => `/run/test-${stage}-${jobId}`;

const gateScript = (stage: "prolog" | "epilog") =>
  `#!/bin/sh\ngate=${gateFile(stage, "$SLURM_JOB_ID")}\nwhile [ -e "$gate" ]; do read -r word < "$gate"; [ "$word" = fail ] && exit 1; sleep 0.2; done\nexit 0\n`;

/** Nodes that do not boot, since nobody boots them; ends that a site takes for none; partitions that give way. */
const settings = {
  RequeueExit: 55,
  RequeueExitHold: 56,
  PreemptType: "preempt/partition_prio",
  PreemptMode: "SUSPEND,GANG",
  SuspendProgram: "/bin/true",
  ResumeProgram: "/bin/true",
  ResumeTimeout: 6,
  SuspendTimeout: 1,
  Prolog: gates.prolog,
  Epilog: gates.epilog,
  PrologFlags: "Alloc",
  // Never by itself; INFINITE would switch the powering of nodes off.
  SuspendTime: 1_000_000,
};

/** A partition in which one job of one CPU fills its node. */
export const tight = "tight";

const partitions = ({ steady, contended: node }: ReturnType<typeof nodesOf>): readonly string[] => [
  `create PartitionName=${tight} Nodes=${steady} MaxCPUsPerNode=1 PreemptMode=OFF`,
  "update PartitionName=main PreemptMode=OFF",
  "update PartitionName=short PreemptMode=OFF",
  ...["REQUEUE", "CANCEL", "SUSPEND"].map(
    (mode) =>
      `create PartitionName=yields-${mode.toLowerCase()} Nodes=${node} PriorityTier=5 PreemptMode=${mode} OverSubscribe=FORCE:1`,
  ),
  `create PartitionName=takes Nodes=${node} PriorityTier=20 PreemptMode=OFF OverSubscribe=FORCE:1`,
];

/** Makes a cluster one whose jobs can come to everything, until it is disposed of. Preemption and power saving begin with slurmctld. */
export async function openSite(lab: Lab, cluster: ClusterName): Promise<AsyncDisposable> {
  const asRoot = async (script: string) => {
    const { code, stderr } = await insideRoot(lab, { cluster, user: "root" }, script);
    if (code !== 0) throw new Error(`on ${cluster}: ${script}: ${stderr}`);
  };
  for (const stage of ["prolog", "epilog"] as const)
    await asRoot(`cat > ${gates[stage]} << 'END' && chmod 755 ${gates[stage]}\n${gateScript(stage)}END`);
  await setSlurm(lab, cluster, settings);
  await restartDaemon(lab, cluster, "slurmctld");
  await asRoot(
    partitions(nodesOf(cluster))
      .map((words) => `scontrol ${words}`)
      .join(" && "),
  );
  return {
    async [Symbol.asyncDispose]() {
      await setSlurm(lab, cluster, Object.fromEntries(Object.keys(settings).map((key) => [key, ""])));
      await restartDaemon(lab, cluster, "slurmctld");
    },
  };
}
