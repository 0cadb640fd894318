import type { Course } from "../mutant.ts";
import type { Play } from "../play.ts";
import { standIn } from "../stand-in.ts";

/** The least that a cluster may ask for: eight days. */
const cleanup = { retentionSeconds: 691_200 };

/** The first that waits for the lock of a batch does not get on. A check of the directory waits for one second at most. */
const holdsOnce = (folder: string): string => `if [ "$2" != 1 ] && mkdir ${folder} 2>/dev/null; then
  until [ -e ${folder}/go ]; do sleep 0.1; done
fi
exec /usr/bin/flock "$@"`;

async function run(play: Play): Promise<void> {
  await play.setCluster({ cleanup });
  const folder = play.path("held");
  await using _ = await standIn(play, "flock", holdsOnce(folder));
  const sent = await play.submit();
  await play.waitFor(`[ -e ${folder} ]`);
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
  await play.run("alice", `touch ${folder}/go`);
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
