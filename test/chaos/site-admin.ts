import { clusterNames, type Scene } from "./scene.ts";

/** Longer than a start takes: from then on a job that Slurm calls running has a slurmstepd. */
const startSeconds = 60;

/**
 * Where slurmctld has lost a job and given its id away, the node still runs the first when the second comes: it is drained ("Duplicate jobid"), and
 * the second is held. A job whose end slurmctld has lost is RUNNING again for minutes, with no process of it anywhere. All of them wait for an admin of
 * the site, and no operator may take that upon itself.
 */
const tend = `
squeue -h -t R -o '%A %S' | while read -r job start; do
  if [ $(($(date +%s) - $(date -d "$start" +%s))) -gt ${startSeconds} ] && ! pgrep -f "^slurmstepd: .\${job}[.]" >/dev/null; then scancel "$job"; fi
done
for node in $(sinfo -h -N -t drain,down -o %N | sort -u); do scontrol update nodename="$node" state=resume; done
squeue -h -t PD -o '%A %r' | sed -n 's/ launch failed requeued held$//p' | while read -r job; do scontrol release "$job"; done
true`;

/** Does what an admin of the site would do after a crash of slurmctld. Twice is harmless. */
export async function tendSite({ run }: Pick<Scene, "run">): Promise<void> {
  await Promise.all(clusterNames.map(async (cluster) => run(cluster, "root", tend)));
}
