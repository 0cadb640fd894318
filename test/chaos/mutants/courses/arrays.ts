import type { Course } from "../mutant.ts";

export const arrayRuns: Course = {
  what: "an array of two tasks runs",
  shakes: false,
  async run(play) {
    const sent = await play.submit({ tasks: 2 });
    await play.open(sent);
    await play.end(sent);
  },
  mutants: [
    {
      name: "NO_ARRAY_FENCE",
      rule: 4,
      what: "each task asks for the fence with an id of its own",
      edits: [
        {
          file: "core/slurm/launcher/launcher.ts",
          find: "id=\\${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}\n",
          replace: "id=$SLURM_JOB_ID\n",
        },
      ],
      complaint: /expected Done COMPLETED/u,
      oracle: "false end: cancelled, though a task ran well and the other never",
    },
  ],
};

export const taskFails: Course = {
  what: "one task of an array fails, and is run again",
  shakes: false,
  async run(play) {
    const retries = { limit: 1, laterLimit: 1, backoffSeconds: 0, scope: "FailedTasks" } as const;
    const sent = await play.submit({ tasks: 2, code: 1, retries });
    await play.open(sent);
    await play.end(sent);
  },
  mutants: [
    {
      name: "NO_FAILED_TASKS_ONLY",
      rule: 1,
      what: "a retry of failed tasks sends all tasks",
      edits: [
        {
          file: "core/submission/retried-tasks.ts",
          find: "  if (submission.status.retry?.ends === undefined) return undefined;\n",
          replace: "  if (Number.isFinite(0)) return undefined;\n",
        },
      ],
      complaint: /with tasks that had ended well/u,
      oracle: "a task that had ended well is run again",
    },
  ],
};
