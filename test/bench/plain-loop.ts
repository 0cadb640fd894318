import { insideRoot } from "../lab/daemons.ts";
import type { Lab } from "../lab/lab.ts";
import { ssh } from "../lab/ssh.ts";

const loopWithin = 600_000;

/** What a person does without Batchwright: one SSH session, one loop of sbatch. The jobs are held, so that only their acceptance counts. */
export async function plainLoop(
  lab: Lab,
  { jobs, script, options }: { jobs: number; script: string; options: readonly string[] },
): Promise<{ readonly perSecond: number }> {
  const words = options.join(" ");
  const loop = `i=0; while [ $i -lt ${jobs} ]; do sbatch --parsable ${words} ${script} >/dev/null || exit 1; i=$((i+1)); done`;
  const started = performance.now();
  const { code, stderr } = await ssh(lab, { cluster: "c1", user: "alice" }, loop, { within: loopWithin });
  if (code !== 0) throw new Error(`the plain loop ended with ${code}: ${stderr}`);
  return { perSecond: (jobs * 1000) / (performance.now() - started) };
}

/** Requests that slurmctld has served since its start, by name, as its own sdiag counts them. */
export async function servedRequests(lab: Lab): Promise<ReadonlyMap<string, number>> {
  const { code, stdout, stderr } = await insideRoot(lab, { cluster: "c1", user: "root" }, "sdiag");
  if (code !== 0) throw new Error(`sdiag ended with ${code}: ${stderr}`);
  return new Map(
    [...stdout.matchAll(/^\s*([A-Z_]+)\s+\(\s*\d+\)\s+count:(\d+)/gmu)].map(
      ([, name = "", count]) => [name, Number(count)] as const,
    ),
  );
}

export const cancelAll = async (lab: Lab): Promise<void> => {
  await insideRoot(lab, { cluster: "c1", user: "root" }, "scancel -u alice", { within: 120_000 });
};
