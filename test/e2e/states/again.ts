import { expect } from "vitest";
import { type Case, untilOpened, untilRestarted } from "./case.ts";

const kinds = [
  { what: "put-back", command: "requeuehold", row: "requeueHold" },
  { what: "set-aside", command: "requeuehold State=SpecialExit", row: "specialExit" },
] as const;

/** What starts again: an end that is none. */
export const againCases: readonly Case[] = [
  ...kinds.map(({ what, command, row }): Case => ({
    title: `${command} is no end, and a release goes on`,
    rows: [row, "completed"],
    async play(course) {
      await course.send(what, untilRestarted, { sbatch: ["--requeue"] });
      const jobId = await course.reaches(what, "RUNNING");
      await course.control(`${command} ${jobId}`);
      await course.expectLife(what, row);
      await course.control(`release ${jobId}`);
      await course.expectEnd(what, "completed", { runs: 2, shown: { jobId, restarts: 1 } });
    },
  })),
  {
    title: "a job that requeues itself is one submission to its last run",
    rows: ["completed"],
    async play(course) {
      await course.send(
        "itself",
        '[ "${SLURM_RESTART_COUNT:-0}" -gt 0 ] && exit 0\nscontrol requeue "$SLURM_JOB_ID"\nsleep 600',
        { sbatch: ["--requeue"] },
      );
      await course.expectEnd("itself", "completed", { runs: 2, shown: { restarts: 1 } });
    },
  },
  {
    title: "a site's requeue on an exit code is no end",
    rows: ["completed"],
    async play(course) {
      await course.send("retried", '[ "${SLURM_RESTART_COUNT:-0}" -gt 0 ] || exit 55', {
        sbatch: ["--requeue"],
      });
      await course.expectEnd("retried", "completed", { runs: 2, shown: { restarts: 1 } });
    },
  },
  {
    title: "a site's hold on an exit code is no end, and goes on when released",
    rows: ["specialExit", "completed"],
    async play(course) {
      await course.send("kept", '[ "${SLURM_RESTART_COUNT:-0}" -gt 0 ] || exit 56', {
        sbatch: ["--requeue"],
      });
      const { status } = await course.expectLife("kept", "specialExit");
      await course.control(`release ${status.jobId ?? ""}`);
      await course.expectEnd("kept", "completed", { runs: 2 });
    },
  },
  {
    title: "a job that had ended, and was requeued before anybody looked, is followed to its new end",
    rows: ["requeueHold", "completed"],
    async play(course) {
      await using detour = await course.detour("revived");
      await course.send("revived", `[ "\${SLURM_RESTART_COUNT:-0}" -gt 0 ] || { ${untilOpened}; exit 5; }`, {
        sbatch: ["--requeue"],
        target: detour.target,
      });
      const jobId = await course.reaches("revived", "RUNNING");
      detour.shut();
      await course.open("revived");
      await course.queueShows(jobId, "FAILED");
      await course.control(`requeuehold ${jobId}`);
      await course.queueShows(jobId, "PENDING");
      await detour.open();
      await course.expectLife("revived", "requeueHold");
      await course.control(`release ${jobId}`);
      await course.expectEnd("revived", "completed", { runs: 2, shown: { jobId, restarts: 1, exitCode: 0 } });
    },
  },
  {
    title: "an end that is told stays, whatever an admin requeues afterwards",
    rows: ["completed"],
    async play(course) {
      await course.send("settled", "exit 0", { sbatch: ["--requeue"] });
      const told = await course.expectEnd("settled", "completed");
      const jobId = told.status.jobId ?? "";
      await course.control(`requeue ${jobId}`);
      await course.queueShows(jobId, "FAILED");
      expect((await course.expectEnd("settled", "completed")).status).toEqual(told.status);
    },
  },
];
