import type { Course } from "../mutant.ts";
import type { Play } from "../play.ts";
import { keepMemory, takeId } from "../slurm-memory.ts";

async function run(play: Play): Promise<void> {
  const memory = await keepMemory(play);
  const sent = await play.submit({ sort: "cancelled", spec: { resources: { sbatch: ["--hold"] } } });
  const { status } = await play.until(sent, (seen) => seen.status.jobId !== undefined);
  const jobId = Number(status.jobId);
  await memory.restore();
  const [gate, ended] = [`/tmp/stranger-gate-${sent.run}`, `/tmp/stranger-${sent.run}`];
  play.scene.sentTwice.add(`${sent.cluster} ${jobId}`);
  await takeId(play, jobId, "alice", `--wrap "until [ -e ${gate} ]; do sleep 0.2; done; touch ${ended}"`);
  await play.patch(sent, { spec: { cancel: true } });
  await play.end(sent);
  await play.run("root", `touch ${gate}`);
  await play.waitFor(`[ -z "$(squeue -h -j ${jobId} -t PD,R,CG,CF -o %A 2>/dev/null)" ]`);
  const isWhole = await play.run("root", `[ -e ${ended} ] && echo yes || true`);
  if (isWhole !== "yes")
    play.complaints.push(`job ${jobId}, which is somebody else's, did not come to its end`);
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
        { file: jobsScript, find: "if (depth > 2 && ", replace: "if ($0 && (id in known) || depth > 2 && " },
      ],
      complaint: /which is somebody else's, did not come to its end/u,
    },
  ],
};
