import type { Course } from "../mutant.ts";
import type { Play } from "../play.ts";

async function run(play: Play): Promise<void> {
  const sent = await play.submit();
  const jobId = await play.started(sent);
  await play.until(sent, ({ status }) => status.jobId === String(jobId));
  const directory = await play.directoryOf(sent);
  await play.patch(sent, { spec: { cancel: true } });
  await play.waitFor(`[ -e ${directory}/marks/closed ]`);
  await play.operator.end("SIGKILL");
  // It may have been killed before it did so itself.
  await play.run("root", `scancel ${jobId}`);
  await play.inState(jobId, "CA");
  await play.requeue(jobId);
  await play.inState(jobId, "CD,F");
  await play.operator.ensureUp();
  await play.end(sent);
}

export const cancelledAndRequeued: Course = {
  what: "an operator is killed as it cancels a job, and the job is sent back to the queue and turned away",
  shakes: true,
  run,
  mutants: [
    {
      name: "M_EXITZERO",
      rule: 4,
      what: "a job that is turned away because its token is closed ends with 0, and leaves no mark",
      edits: [
        {
          file: "core/slurm/launcher/launcher.ts",
          find: `  say "job $id did not run again: this submission is closed"\n`,
          replace: `  say "job $id did not run again: this submission is closed"\n  exit 0\n`,
        },
      ],
      complaint: /its script did not end well.*reported: Done/u,
      oracle: "false end: Done, though its script was cut short",
    },
  ],
};
