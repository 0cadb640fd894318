import type { Course } from "../mutant.ts";
import type { Play } from "../play.ts";
import { keepMemory } from "../slurm-memory.ts";
import { strangerAs } from "../stranger.ts";

async function run(play: Play): Promise<void> {
  const memory = await keepMemory(play);
  const sent = await play.submit({ sort: "cancelled", spec: { resources: { sbatch: ["--hold"] } } });
  const { status } = await play.until(sent, (seen) => seen.status.jobId !== undefined);
  const jobId = Number(status.jobId);
  await memory.restore();
  const stranger = await strangerAs(play, jobId);
  await play.patch(sent, { spec: { cancel: true } });
  await play.end(sent);
  await stranger.finish();
}

const jobsScript = "backends/slurm/wrapper/jobs-script.ts";

export const idGivenAway: Course = {
  what: "slurmctld loses a job and gives its id to another job of the same login, and the submission is cancelled",
  shakes: true,
  run,
  mutants: [
    {
      name: "M_NOTOKENCHECK",
      rule: 7,
      what: "the job that has the stored id is cancelled, whatever its token",
      edits: [
        {
          file: jobsScript,
          find: '-v tokens=${shellWord(tokens.join(" "))} \'`,',
          replace:
            '-v tokens=${shellWord(tokens.join(" "))} -v stored="$(echo $(cat ${tokens.map((token) => shellWord(`${install}/${token}/${layout.marks}/id`)).join(" ")} 2>/dev/null))" \'`,',
        },
        {
          file: jobsScript,
          find: "for (i = 1; i <= count; i++) wanted[list[i]] = 1 }`,",
          replace:
            'for (i = 1; i <= count; i++) wanted[list[i]] = 1; count = split(stored, list, " "); for (i = 1; i <= count; i++) known[list[i]] = 1 }`,',
        },
        { file: jobsScript, find: "if (depth > 2 && ", replace: "if ((id in known) || depth > 2 && " },
        { file: jobsScript, find: "print part[depth - 1], id", replace: 'print "job" part[depth - 1], id' },
      ],
      complaint: /which is somebody else's, did not come to its end/u,
      oracle: "a stranger's job is cancelled",
    },
  ],
};
