import { type Case, untilOpened, untilRestarted } from "./case.ts";

/** What a job of higher priority does to those that stand in its way. */
export const preemptionCases: readonly Case[] = [
  {
    title: "a preempted job ends, starts again or pauses, as its partition has it",
    rows: ["preempted", "suspended", "running", "completed"],
    async play(course) {
      const node = course.nodes.contended;
      const victims = [
        { what: "ousted", partition: "yields-cancel", requeue: "--requeue", body: "sleep 600" },
        { what: "dropped", partition: "yields-requeue", requeue: "--no-requeue", body: "sleep 600" },
        { what: "returned", partition: "yields-requeue", requeue: "--requeue", body: untilRestarted },
        { what: "paused", partition: "yields-suspend", requeue: "--no-requeue", body: untilOpened },
      ];
      for (const { what, partition, requeue, body } of victims)
        await course.send(what, body, { node, sbatch: [`--partition=${partition}`, requeue] });
      for (const { what } of victims) await course.reaches(what, "RUNNING");
      const other = await course.run(
        "alice",
        `sbatch --parsable -p takes -w ${node} -n8 --mem=20 --wrap 'sleep 600'`,
      );
      await course.expectEnd("ousted", "preempted");
      await course.expectEnd("dropped", "preempted");
      await course.reaches("returned", ({ status }) => status.state === "PENDING" && status.restarts === 1);
      await course.expectLife("paused", "suspended");
      await course.run("alice", `scancel ${other}`);
      await course.expectLife("paused", "running");
      await course.open("paused");
      await course.expectEnd("paused", "completed");
      await course.expectEnd("returned", "completed", { runs: 2, shown: { restarts: 1 } });
    },
  },
];
