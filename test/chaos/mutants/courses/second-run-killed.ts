import { killing } from "../launcher-kill.ts";
import type { Course } from "../mutant.ts";
import type { Play } from "../play.ts";

async function run(play: Play): Promise<void> {
  const sent = await play.submit({ isStubborn: true });
  const jobId = await play.started(sent);
  await play.until(sent, ({ status }) => status.jobId === String(jobId));
  await play.operator.end("SIGKILL");
  await play.open(sent);
  await play.inState(jobId, "CD");
  await play.shut(sent);
  await play.requeue(jobId);
  await play.started(sent, 2);
  // Slurm calls it CANCELLED, and nobody is left to write down how it ended.
  await play.run("root", `scancel ${jobId}\n${killing(jobId)}`);
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
