import { wordsOf } from "../../../lab/api-writes.ts";
import { killLauncher } from "../launcher-kill.ts";
import type { Course } from "../mutant.ts";
import type { Play } from "../play.ts";

async function run(play: Play): Promise<void> {
  const name = play.nextName;
  using set = play.scene.api.lieInWait({
    at: "before",
    matches: (seen) =>
      seen.path.includes(`/jobsubmissions/${name}/status`) && wordsOf(seen).includes("JobFailed"),
    run: async () => void (await play.operator.end("SIGKILL")),
    next: "cut",
  });
  const sent = await play.submit();
  const jobId = await play.started(sent);
  await play.until(sent, ({ status }) => status.jobId === String(jobId));
  await killLauncher(play, jobId);
  await play.soon(set.sprung, "the write of the end");
  await play.requeue(jobId);
  await play.inState(jobId, "CD,F");
  await play.open(sent);
  await play.operator.ensureUp();
  await play.end(sent);
}

export const killedAsItTells: Course = {
  what: "the launcher of a job is killed, the operator as well when it tells the end, and the job is sent back to the queue and turned away",
  shakes: true,
  run,
  mutants: [
    {
      name: "NO_RAN_IS_TOLD",
      rule: 4,
      what: "a job that is turned away, and had begun once, says that it did not run",
      edits: [
        {
          file: "core/slurm/launcher/launcher.ts",
          find: `[ ! -e "$marks/\${markFiles.exit}$suffix" ]; then exit \${launcherCodes.notAgain}; fi`,
          replace: "false; then :; fi",
        },
      ],
      complaint: /ran as 2 jobs/u,
      oracle: "run twice",
    },
  ],
};
