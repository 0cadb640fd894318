import type { Course } from "../mutant.ts";
import type { Play } from "../play.ts";
import { standIn } from "../stand-in.ts";

const answerLost = `/usr/bin/sbatch "$@" >/dev/null
echo "sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)" >&2
exit 1`;

async function run(play: Play): Promise<void> {
  const sent = await (async () => {
    await using _ = await standIn(play, "sbatch", answerLost);
    const one = await play.submit();
    await play.started(one);
    return one;
  })();
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
      oracle: "false end: Rejected, though it ran",
    },
  ],
};
