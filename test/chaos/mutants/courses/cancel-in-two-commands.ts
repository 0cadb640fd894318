import type { Course } from "../mutant.ts";
import { on, type Play } from "../play.ts";
import { keepMemory } from "../slurm-memory.ts";
import { standIn } from "../stand-in.ts";
import { strangerAs } from "../stranger.ts";

/** What a command takes on its way to the login, in milliseconds, three times over: the channel, the command, its text. */
const slow = 4000;

const toldWhenAsked = (file: string): string => `/usr/bin/squeue "$@"
code=$?
case "$*" in *'%F %o'*) touch ${file} ;; esac
exit $code`;

async function run(play: Play): Promise<void> {
  const memory = await keepMemory(play);
  const sent = await play.submit({ sort: "cancelled", spec: { resources: { sbatch: ["--hold"] } } });
  const { status } = await play.until(sent, (seen) => seen.status.jobId !== undefined);
  const jobId = Number(status.jobId);
  const checked = play.path("checked");
  await using _ = await standIn(play, "squeue", toldWhenAsked(checked));
  const proxy = play.scene.ssh[on];
  proxy.delay(slow, "toServer");
  await play.patch(sent, { spec: { cancel: true } });
  await play.waitFor(`[ -e ${checked} ]`);
  // One command that checks and cancels has done both by the end of this; another one is still on its way.
  await play.run(
    "root",
    `for try in $(seq 20); do [ -n "$(squeue -h -j ${jobId} -t PD -o %A)" ] || break; sleep 0.1; done`,
  );
  await memory.restore();
  const stranger = await strangerAs(play, jobId);
  proxy.delay(0, "toServer");
  await play.end(sent);
  await stranger.finish();
}

const journal = "backends/slurm/login/journal.ts";

export const cancelInTwoCommands: Course = {
  what: "slurmctld loses a job and gives its id away in the moment in which it is cancelled, over a slow connection",
  shakes: true,
  run,
  mutants: [
    {
      name: "M_CANCELRACE",
      rule: 8,
      what: "the row is checked in one command, and the job cancelled in the next",
      edits: [
        {
          file: journal,
          find: "    const frames = await this.#read(jobsScript(at.install, tokens, verb), shortSeconds, signal);\n",
          replace: `    const first = verb === "cancel" ? "find" : verb;
    const frames = await this.#read(jobsScript(at.install, tokens, first), shortSeconds, signal);
    const ids = frames.filter(([word]) => word === "signalled").map(([, , id]) => id);
    if (verb === "cancel" && ids.length > 0)
      await this.#run({ nonce: "", text: \`scancel \${ids.join(" ")}\\n\` }, { seconds: shortSeconds, ends: "everything", signal });
`,
        },
      ],
      complaint: /which is somebody else's, did not come to its end/u,
      oracle: "a stranger's job is cancelled",
    },
  ],
};
