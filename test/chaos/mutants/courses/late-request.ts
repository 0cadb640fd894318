import type { Course } from "../mutant.ts";
import { type Play, pollsFor } from "../play.ts";
import { standIn } from "../stand-in.ts";

/** sbatch gives up on slurmctld, and its request gets there all the same, when it is let through. */
const lateOnce = (folder: string): string => `if mkdir ${folder} 2>/dev/null; then
  setsid sh -c 'for try in ${pollsFor}; do [ -e ${folder}/go ] && exec /usr/bin/sbatch "$@" >${folder}/id; sleep 0.1; done' sh "$@" </dev/null >/dev/null 2>&1 9>&- &
  echo "sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)" >&2
  exit 1
fi
exec /usr/bin/sbatch "$@"`;

async function run(play: Play): Promise<void> {
  const folder = play.path("late");
  await using _ = await standIn(play, "sbatch", lateOnce(folder));
  const sent = await play.submit();
  const second = await play.started(sent);
  await play.until(sent, ({ status }) => status.jobId === String(second));
  // Down, or it might cancel what comes late before that has begun.
  await play.operator.end("SIGKILL");
  await play.run("alice", `touch ${folder}/go`);
  await play.waitFor(`[ -s ${folder}/id ]`);
  const late = Number(await play.run("root", `cut -d ';' -f 1 ${folder}/id`));
  await play.waitFor(
    `{ [ "$(grep -c ^start /home/alice/${play.scene.namespace}/${sent.run})" = 2 ] || [ -n "$(squeue -h -a -j ${late} -t F,CA,CD -o %A)" ]; }`,
  );
  await play.open(sent);
  await play.operator.ensureUp();
  await play.end(sent);
}

const sendingNow = "core/submission/sending.ts";

export const lateRequest: Course = {
  what: "a request gets to slurmctld after sbatch has given it up, and after the job was sent again",
  shakes: false,
  run,
  mutants: [
    {
      name: "M_NOFENCE",
      rule: 4,
      what: "a job that is not the owner of its token runs",
      edits: [
        {
          file: "core/slurm/launcher/launcher.ts",
          find: `elif [ "$owner" != "$id" ]; then`,
          replace: "elif false; then",
        },
      ],
      complaint: /ran as 2 jobs/u,
      oracle: "run twice",
      isSample: true,
    },
    {
      name: "ASW_VOID",
      rule: 5,
      what: "what is unclear is looked for in the queue, and sent again where it is not there; nothing takes the fence",
      edits: [
        {
          file: sendingNow,
          find: `const askVoid: Step = { do: "ask", question: { ask: "void" } };`,
          replace: `const askVoid: Step = { do: "ask", question: { ask: "own" } };`,
        },
        {
          file: sendingNow,
          find: "  if (fence !== undefined) return afterVoid(seen, attempt, fence);\n",
          replace: `  const { own } = seen.answers;
  if (own !== undefined)
    return own.length > 0 ? adopt(seen, attempt, own[0]) : giveUp(seen, attempt, whyVoid(seen));
`,
        },
      ],
      complaint: /ran as 2 jobs/u,
      oracle: "run twice",
    },
  ],
};
