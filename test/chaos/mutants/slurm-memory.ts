import { restartDaemon, signalDaemon, startDaemon, stopDaemon } from "../../lab/daemons.ts";
import { daemonOf } from "../kinds/on-each.ts";
import { on, type Play } from "./play.ts";

const state = "/var/lib/slurm/state";

/** What slurmctld knows at this moment can be given back to it. */
export interface Memory {
  /** SIGKILL; then it comes back on what it knew then: jobs from after that are lost, and their ids are free again. */
  restore(): Promise<void>;
}

export async function keepMemory(play: Play): Promise<Memory> {
  // One that ends in good order has written down all that it knows, the end of what ran in an earlier play, too.
  await stopDaemon(play.scene.lab, on, "slurmctld");
  await play.run("root", `rm -rf ${state}.kept && cp -a ${state} ${state}.kept`);
  await startDaemon(play.scene.lab, on, "slurmctld");
  return {
    async restore() {
      await signalDaemon(daemonOf(play.scene, on, "slurmctld"), "SIGKILL");
      await play.run("root", `rm -rf ${state} && mv ${state}.kept ${state}`);
      await restartDaemon(play.scene.lab, on, "slurmctld");
    },
  };
}

/** Has a user hand in jobs until one of them has this id. @param words for sbatch */
export async function takeId(play: Play, jobId: number, user: "alice" | "bob", words: string): Promise<void> {
  const took = await play.run(
    user,
    `for try in 1 2 3 4 5; do id=$(sbatch --parsable --mem=20M --time=5 -o /dev/null ${words}) || exit 1; [ "\${id%%;*}" -lt ${jobId} ] || break; scancel "$id"; done; echo "\${id%%;*}"`,
  );
  if (Number(took) !== jobId) throw new Error(`Slurm gave id ${took} where ${jobId} was free again`);
}
