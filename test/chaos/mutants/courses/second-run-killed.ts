import type { Course } from "../mutant.ts";
import type { Play } from "../play.ts";

/** All shells of the batch script: the launcher, which would leave a mark. */
const killLauncher = (jobId: number): string =>
  `for process in /proc/[0-9]*; do
  if tr '\\0' ' ' <"$process/cmdline" 2>/dev/null | grep -q slurm_script && tr '\\0' '\\n' <"$process/environ" 2>/dev/null | grep -qx 'SLURM_JOB_ID=${jobId}'; then
    kill -9 "\${process#/proc/}"
  fi
done`;

async function run(play: Play): Promise<void> {
  const sent = await play.submit({ isStubborn: true });
  const jobId = await play.started(sent);
  await play.until(sent, ({ status }) => status.jobId === String(jobId));
  await play.operator.end("SIGKILL");
  await play.open(sent);
  await play.inState(jobId, "CD");
  await play.shut(sent);
  await play.run("root", `scontrol requeue ${jobId}`);
  await play.started(sent, 2);
  // Slurm calls it CANCELLED, and nobody is left to write down how it ended.
  await play.run("root", `scancel ${jobId}\n${killLauncher(jobId)}`);
  await play.inState(jobId, "CA");
  await play.operator.ensureUp();
  await play.end(sent);
}

export const secondRunKilled: Course = {
  what: "a job that has ended well is sent back to the queue, and its second run is cancelled and killed before it can leave a mark",
  shakes: true,
  run,
  mutants: [
    {
      name: "M_OLDEXIT",
      rule: 4,
      what: "a run does not remove the exit mark of the run before it",
      edits: [
        {
          file: "core/slurm/launcher/launcher.ts",
          find: `rm -f "$marks/\${markFiles.exit}$suffix" "$marks/\${markFiles.captured}$suffix"\n`,
          replace: "",
        },
      ],
      complaint: /its script did not end well.*reported: Done/u,
      oracle: "false end: Done, though its last run was killed",
    },
  ],
};
