import type { Play } from "./play.ts";

/** SIGKILL for the launcher of a running job, which then leaves no exit mark. */
export async function killLauncher(play: Play, jobId: number): Promise<void> {
  await play.run("root", killing(jobId));
}

/** The same behind other shell text, in the same moment. */
export const killing = (jobId: number): string => `for process in /proc/[0-9]*; do
  if tr '\\0' ' ' <"$process/cmdline" 2>/dev/null | grep -q slurm_script && tr '\\0' '\\n' <"$process/environ" 2>/dev/null | grep -qx 'SLURM_JOB_ID=${jobId}'; then
    kill -9 "\${process#/proc/}"
  fi
done`;
