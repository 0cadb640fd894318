import { holdNextBatch } from "../held-lock.ts";
import { killLauncher } from "../launcher-kill.ts";
import type { Course } from "../mutant.ts";
import type { Play } from "../play.ts";

/** So that what was seen of the first end is still the last look when the second run has begun. */
const rarely = { polling: { intervalSeconds: 30, floorSeconds: 1 } };

async function runAgain(play: Play): Promise<void> {
  const sent = await play.submit();
  const jobId = await play.started(sent);
  await play.until(sent, ({ status }) => status.jobId === String(jobId));
  await using close = await holdNextBatch(play, "held-close");
  await play.setCluster(rarely);
  await play.open(sent);
  await close.caught();
  await play.shut(sent);
  await play.requeue(jobId);
  await play.started(sent, 2);
  await close.letGo();
  await play.until(sent, ({ status }) => status.finished === "true" || status.restarts === 1);
  const { status } = await play.until(sent, () => true);
  if (status.finished === "true") await play.end(sent);
  await play.open(sent);
  await play.end(sent);
  await play.setCluster();
}

export const requeuedBeforeClose: Course = {
  what: "a job is sent back to the queue and begins again between the look that showed its end and the close",
  shakes: true,
  run: runAgain,
  mutants: [
    {
      name: "NO_LOOK_AFTER_CLOSE",
      rule: 8,
      what: "the look from before the close counts",
      edits: [
        {
          file: "core/submission/ending.ts",
          find: "look !== undefined && look.begun > closed.at",
          replace: "look !== undefined",
        },
      ],
      complaint: /its script runs although Done is told/u,
      oracle: "runs although its end is told",
    },
  ],
};

async function wait(play: Play): Promise<void> {
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
  run: wait,
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
