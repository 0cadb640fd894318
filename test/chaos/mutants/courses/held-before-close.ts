import { holdNextBatch } from "../held-lock.ts";
import { killLauncher } from "../launcher-kill.ts";
import type { Course } from "../mutant.ts";
import type { Play } from "../play.ts";

async function run(play: Play): Promise<void> {
  const sent = await play.submit();
  const jobId = await play.started(sent);
  await play.until(sent, ({ status }) => status.jobId === String(jobId));
  await using close = await holdNextBatch(play, "held-close");
  await killLauncher(play, jobId);
  await close.caught();
  await play.inState(jobId, "F");
  await play.requeue(jobId, "requeuehold");
  await close.letGo();
  await play.end(sent);
  const told = (await play.find(sent))?.status.conditions?.find(({ type }) => type === "Succeeded");
  if (told?.reason === "JobCancelled")
    play.complaints.push(`${sent.name}: told as cancelled, which nobody wanted: ${told.message}`);
}

export const heldBeforeClose: Course = {
  what: "a job whose launcher was killed is sent back to the queue before the close, and has to be cancelled there",
  shakes: true,
  run,
  mutants: [
    {
      name: "NO_SWEEP_STORED",
      rule: 9,
      what: "that it is we who cancel in the queue is not stored",
      edits: [
        {
          file: "core/submission/ending.ts",
          find: "  if (own.length > 0 && !isSweeping(seen, attempt)) return beginSweep(seen, attempt, look);\n",
          replace: "",
        },
      ],
      complaint: /told as cancelled, which nobody wanted/u,
      oracle: "false end: cancelled, which nobody wanted",
    },
  ],
};
