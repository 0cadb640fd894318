import type { Course } from "../mutant.ts";
import type { Play } from "../play.ts";
import { keepMemory, takeId } from "../slurm-memory.ts";

async function run(play: Play): Promise<void> {
  const memory = await keepMemory(play);
  const sent = await play.submit();
  const jobId = await play.started(sent);
  await play.until(sent, ({ status }) => status.jobId === String(jobId));
  const directory = await play.directoryOf(sent);
  await play.operator.end("SIGKILL");
  await play.open(sent);
  await play.waitFor(`[ -e ${directory}/marks/exit ]`);
  await memory.restore();
  await takeId(play, jobId, "bob", "--begin=now+1hour --wrap true");
  await play.operator.ensureUp();
  await play.end(sent);
}

const watching = "core/submission/watching.ts";

export const endedAndForgotten: Course = {
  what: "a job ends well, and slurmctld loses it and gives its id to a stranger's job before anybody has looked",
  // Slurm's record is of the stranger now; the script's mark is witness enough.
  shakes: false,
  isOfStranger: true,
  run,
  mutants: [
    {
      name: "ASW_LOST",
      rule: 7,
      what: "a job whose row is another's is lost at once",
      edits: [
        {
          file: watching,
          find: `import { report } from "./report.ts";`,
          replace: `import { report, withAddition } from "./report.ts";\nimport { replaceAttempt } from "./attempts.ts";`,
        },
        {
          file: watching,
          find: `  if (marks === undefined) return { do: "ask", question: { ask: "marks", on: latest } };\n`,
          replace: `  if (marks === undefined)
    return report(seen, {
      situation: { is: "aborted", reason: reasons.JobLost, message: "its row is another's", ran: true },
      change: {
        attempts: replaceAttempt(seen.submission.status.attempts, withAddition(attempt, { ended: "Over" })),
      },
      next: "again",
    });
`,
        },
      ],
      complaint: /expected Done COMPLETED.*reported: Aborted/u,
      oracle: "false end: lost, though it completed",
    },
  ],
};
