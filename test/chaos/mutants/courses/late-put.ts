import { holdNextBatch } from "../held-lock.ts";
import type { Course } from "../mutant.ts";
import type { Play } from "../play.ts";
import { standIn } from "../stand-in.ts";

/** The least that a cluster may ask for: eight days. */
const cleanup = { retentionSeconds: 691_200 };

async function run(play: Play): Promise<void> {
  await play.setCluster({ cleanup });
  await using put = await holdNextBatch(play, "held-put");
  const sent = await play.submit();
  await put.caught();
  const directory = await play.directoryOf(sent);
  await play.operator.end("SIGKILL");
  await play.delete(sent);
  await play.operator.ensureUp();
  await play.end(sent);
  // As if all of that had been thirty days ago.
  await play.run(
    "alice",
    `cd ${directory}/marks && read -r deadline of <attempt && echo "$((deadline - 30 * 86400)) $of" >attempt && find .. -exec touch -h -d '-30 days' {} +`,
  );
  await play.waitFor(`[ ! -e ${directory} ]`);
  await play.operator.end("SIGTERM");
  await using _clock = await standIn(play, "date", `exec /usr/bin/date -d "8 days" "$@"`);
  await put.letGo();
  await play.waitFor(`! ps -u alice -o args= | grep -q -- 'sh -s'`);
  await play.setCluster();
}

const putScript = "backends/slurm/wrapper/put-script.ts";

export const latePut: Course = {
  what: "a put is held on a login for eight days, and goes on when its object is gone and its marks are forgotten",
  shakes: false,
  run,
  mutants: [
    {
      name: "M_NODEADLINE",
      rule: 3,
      what: "put has no deadline",
      edits: [
        {
          file: putScript,
          find: `    if [ "$now" -gt "\\\${pair#*:}" ]; then continue; fi\n`,
          replace: "",
        },
        { file: putScript, find: `  if [ "$now" -gt "$deadline" ]; then`, replace: "  if false; then" },
      ],
      complaint: /a job lives that nobody waits for/u,
      oracle: "runs although the object is gone",
    },
  ],
};
