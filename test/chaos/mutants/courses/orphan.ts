import { signalDaemon } from "../../../lab/daemons.ts";
import type { Course } from "../mutant.ts";
import { on, type Play } from "../play.ts";
import { keepMemory } from "../slurm-memory.ts";

/** Long enough that a node which may speak again has told slurmctld of its orphan within three of them. */
const slowly = { polling: { intervalSeconds: 4, floorSeconds: 1 } };

const signalNodes = async ({ scene }: Play, signal: NodeJS.Signals): Promise<void> => {
  for (const [name, daemon] of Object.entries(scene.lab.clusters[on].daemons))
    if (name.startsWith("slurmd") && name !== "slurmdbd") await signalDaemon(daemon, signal);
};
async function run(play: Play): Promise<void> {
  await play.setCluster(slowly);
  const memory = await keepMemory(play);
  const sent = await play.submit();
  const jobId = await play.started(sent);
  await play.until(sent, ({ status }) => status.jobId === String(jobId));
  await signalNodes(play, "SIGSTOP");
  try {
    await memory.restore();
    const { status } = await play.until(
      sent,
      (seen) =>
        seen.status.finished === "true" ||
        seen.status.conditions?.some(({ reason }) => reason === "JobMissing") === true,
    );
    if (status.finished === "true") await play.end(sent);
  } finally {
    await signalNodes(play, "SIGCONT");
  }
  await play.end(sent);
  await play.setCluster();
}

export const orphan: Course = {
  what: "slurmctld loses a running job, whose node is silent for a moment and goes on with it",
  shakes: true,
  run,
  mutants: [
    {
      name: "M_NOTICKS",
      rule: 7,
      what: "the first look that lacks a job counts",
      edits: [
        {
          file: "controllers/submission/observe.ts",
          find: "const quietTicks = 3;",
          replace: "const quietTicks = 0;",
        },
        {
          file: "controllers/submission/observe.ts",
          find: "Math.max(quietTicks * intervalMs(found), leastQuietMs)",
          replace: "0",
        },
      ],
      complaint: /its script runs although Aborted is told/u,
      oracle: "runs although its end is told",
    },
  ],
};
