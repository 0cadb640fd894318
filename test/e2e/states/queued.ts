import { type Case, untilOpened } from "./case.ts";
import { tight } from "./site.ts";

/** What waits in the queue for its turn, or for what is no more. */
export const queuedCases: readonly Case[] = [
  {
    title: "what finds no room waits, and behind it what has less priority, and both have their turn",
    rows: ["resources", "priority", "completed"],
    isAlone: true,
    async play(course) {
      const sbatch = [`--partition=${tight}`];
      // No node is named: Slurm would call the second one's reason the node, and not its priority.
      const directives: readonly string[] = [];
      await course.send("fills", untilOpened, { sbatch, directives });
      await course.reaches("fills", "RUNNING");
      await course.send("next", "exit 0", { sbatch, directives });
      await course.send("behind", "exit 0", { sbatch: [...sbatch, "--nice=1000"], directives });
      await course.expectLife("next", "resources");
      await course.expectLife("behind", "priority");
      await course.open("fills");
      for (const what of ["fills", "next", "behind"]) await course.expectEnd(what, "completed");
    },
  },
  {
    title: "a job is held when its reservation is over, and runs without one once it is released",
    rows: ["reservationDeleted", "completed"],
    async play(course) {
      const { failing } = course.nodes;
      const reservation = course.name("brief");
      // A minute is the shortest.
      await course.control(
        `create reservationname=${reservation} user=alice starttime=now duration=1 nodes=${failing} corecnt=1`,
      );
      await course.send("reserved", "exit 0", {
        node: failing,
        sbatch: [`--reservation=${reservation}`, "--begin=now+1hour"],
      });
      const jobId = await course.reaches("reserved", "PENDING");
      await course.expectLife("reserved", "reservationDeleted");
      await course.control(`update jobid=${jobId} StartTime=now`);
      await course.control(`release ${jobId}`);
      await course.expectEnd("reserved", "completed");
    },
  },
];
