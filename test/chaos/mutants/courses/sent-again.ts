import type { Course } from "../mutant.ts";
import type { Play } from "../play.ts";
import { standIn } from "../stand-in.ts";

/** The first sbatch hands its job over, keeps the id to itself, and hangs. */
const hangsOnce = (folder: string): string => `if mkdir ${folder} 2>/dev/null; then
  /usr/bin/sbatch "$@" >${folder}/id
  echo "$PPID $$" >${folder}/processes
  exec sleep 600
fi
exec /usr/bin/sbatch "$@"`;

/** Of the site: users are kept out of the partition, and let in again. */
const allow = (group: string): string => `scontrol update PartitionName=main AllowGroups=${group}`;

async function run(play: Play): Promise<void> {
  const folder = play.path("hangs");
  await using _ = await standIn(play, "sbatch", hangsOnce(folder));
  const sent = await play.submit();
  await play.started(sent);
  await play.waitFor(`[ -s ${folder}/processes ]`);
  await play.operator.end("SIGKILL");
  // The shell first: it would write down how sbatch ended.
  await play.run("root", `kill -9 $(cat ${folder}/processes)`);
  await play.run("root", allow("root"));
  try {
    await play.operator.ensureUp();
    await play.until(sent, ({ status }) => status.jobId !== undefined || status.finished === "true");
  } finally {
    await play.run("root", allow("ALL"));
  }
  await play.open(sent);
  await play.end(sent);
}

export const sentAgain: Course = {
  what: "an operator and the shell of its put are killed while sbatch hangs behind a job that was accepted; the partition is closed when it is asked again",
  shakes: false,
  run,
  mutants: [
    {
      name: "M_NOTRY",
      rule: 3,
      what: "put makes no mark before sbatch, and sends again when it is asked again",
      edits: [
        {
          file: "backends/slurm/wrapper/put-script.ts",
          find: `  if ! { command : >"$marks/\${markFiles.tried}"; } 2>/dev/null; then`,
          replace: "  if false; then",
        },
      ],
      complaint: /expected Done COMPLETED.*reported: Rejected/u,
      oracle: "false end: Rejected, though it ran",
    },
  ],
};
