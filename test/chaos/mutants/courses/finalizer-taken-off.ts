import type { Course } from "../mutant.ts";
import type { Play } from "../play.ts";

async function run(play: Play): Promise<void> {
  const sent = await play.submit({
    code: 1,
    retries: { limit: 1, laterLimit: 1, backoffSeconds: 8, scope: "Job" },
  });
  await play.open(sent);
  await play.until(sent, ({ status }) => status.retry?.count === 1);
  await play.shut(sent);
  await play.patch(sent, { metadata: { finalizers: null } });
  const jobId = await play.started(sent, 2);
  await play.until(sent, ({ status }) => status.jobId === String(jobId));
  await play.delete(sent);
  await play.end(sent);
}

export const finalizerTakenOff: Course = {
  what: "somebody takes the finalizer off between two runs, and deletes the object in the second",
  shakes: true,
  run,
  mutants: [
    {
      name: "ASW_FINALIZER",
      rule: 1,
      what: "only the first attempt is opened with the finalizer",
      edits: [
        {
          file: "core/submission/before-dispatch.ts",
          find: "  if (!hasFinalizer(metadata.finalizers)) return",
          replace: "  if (!hasFinalizer(metadata.finalizers) && status.attempts === undefined) return",
        },
      ],
      complaint: /its script runs although the object is gone/u,
      oracle: "runs although the object is gone",
    },
  ],
};
