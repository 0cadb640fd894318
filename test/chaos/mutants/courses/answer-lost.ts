import type { Course } from "../mutant.ts";
import { type Play, pollsFor } from "../play.ts";
import { standIn } from "../stand-in.ts";

/** The first sbatch says so when its job has begun. */
const answerLost = (folder: string): string => `if mkdir ${folder} 2>/dev/null; then
  /usr/bin/sbatch "$@" >/dev/null
  for script; do :; done
  for try in ${pollsFor}; do [ ! -s "\${script%/*}/marks/owner" ] || break; sleep 0.1; done
  echo "sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)" >&2
  exit 1
fi
exec /usr/bin/sbatch "$@"`;

async function run(play: Play): Promise<void> {
  await using _ = await standIn(play, "sbatch", answerLost(play.path("unheard")));
  const sent = await play.submit();
  await play.started(sent);
  await play.open(sent);
  await play.end(sent);
}

export const answerIsLost: Course = {
  what: "sbatch hands a job over, and hears nothing of it",
  shakes: false,
  run,
  mutants: [
    {
      name: "NO_KNOWN_REFUSALS",
      rule: 6,
      what: "whatever sbatch fails with is a refusal",
      edits: [
        {
          file: "core/slurm/refusal.ts",
          find: `  return controllerStems.some((stem) => stem.test(words)) ? "refused" : "unclear";`,
          replace: `  return "refused";`,
        },
      ],
      complaint: /runs although Rejected is told|expected Done COMPLETED.*reported: Rejected/u,
      isSample: true,
      oracle: "false end: Rejected, though it ran",
    },
  ],
};
