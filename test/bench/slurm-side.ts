import { insideRoot } from "../lab/daemons.ts";
import type { Lab } from "../lab/lab.ts";

const cancelWithin = 300_000;

/** Shell text as root in the cluster's root; what it printed. */
export async function onCluster(
  lab: Lab,
  text: string,
  { user = "root", within = 60_000 }: { user?: "root" | "alice"; within?: number } = {},
): Promise<string> {
  const { code, stdout, stderr } = await insideRoot(lab, { cluster: "c1", user }, text, { within });
  if (code !== 0) throw new Error(`ended with ${code}: ${text.slice(0, 200)}\n${stderr}`);
  return stdout;
}

/** Jobs that slurmctld has been sent since its start, as its own sdiag counts them. */
export async function submittedJobs(lab: Lab): Promise<number> {
  const text = await onCluster(lab, "sdiag");
  return Number(/REQUEST_SUBMIT_BATCH_JOB\s+\(\s*\d+\)\s+count:(\d+)/u.exec(text)?.[1] ?? 0);
}

export const cancelAll = async (lab: Lab): Promise<void> => {
  await onCluster(lab, "scancel -u alice", { within: cancelWithin });
};
