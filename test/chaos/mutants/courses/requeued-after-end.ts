import type { Course } from "../mutant.ts";
import type { Play } from "../play.ts";

/** A finished job can be sent back to the queue as long as Slurm remembers it: by its user, by an admin, by a crash of slurmctld. */
async function run(play: Play): Promise<void> {
  const sent = await play.submit();
  await play.open(sent);
  const jobId = await play.started(sent);
  await play.end(sent);
  await play.requeue(jobId);
  // Its second run is over, or turned away.
  await play.inState(jobId, "CD,F");
}

export const requeuedAfterEnd: Course = {
  what: "a job is sent back to the queue after its end was told",
  shakes: true,
  run,
  mutants: [
    {
      name: "M_NOCLOSE",
      rule: 8,
      what: "close leaves no mark that stops later starts",
      edits: [
        {
          file: "backends/slurm/wrapper/fence-script.ts",
          find: "if leave ${markFiles.closed}; then take;",
          replace: "if true; then take;",
        },
      ],
      complaint: /its script was started after its end was told/u,
      oracle: "started after its end was told",
    },
    {
      name: "ASW_FINAL",
      rule: 9,
      what: "an ended row and a second source are final, and nothing is closed",
      edits: [
        {
          file: "core/submission/ending.ts",
          find: `    if (answer === undefined) return { do: "ask", question: { ask: "close" } };`,
          replace: `    if (answer === undefined && !isUnwanted(seen)) {
      const owner = { is: "job", jobId: Number(attempt.jobId) } as const;
      return decideEnding({ ...seen, memory: { ...seen.memory, closed: { owner, at: 0 } } }, attempt);
    }
    if (answer === undefined) return { do: "ask", question: { ask: "close" } };`,
        },
      ],
      complaint: /its script was started after its end was told/u,
      oracle: "started after its end was told",
    },
  ],
};
