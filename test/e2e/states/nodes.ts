import { type Case, untilRestarted } from "./case.ts";

/** What becomes of jobs when nodes go, or do not come. */
export const nodeCases: readonly Case[] = [
  {
    title:
      "a node that fails ends a job that is not to be requeued; one that is waits for the node, held if it cannot prepare it",
    rows: ["nodeFailed", "nodeAway", "completed", "launchHeld"],
    async play(course) {
      const { failing } = course.nodes;
      await course.send("struck", "sleep 600", { node: failing, sbatch: ["--no-requeue"] });
      await course.send("moved", untilRestarted, { node: failing, sbatch: ["--requeue"] });
      await course.reaches("struck", "RUNNING");
      const jobId = await course.reaches("moved", "RUNNING");
      await course.node(failing, "down");
      await course.expectEnd("struck", "nodeFailed");
      await course.expectLife("moved", "nodeAway");
      await course.node(failing, "up");
      await course.expectEnd("moved", "completed", { runs: 2, shown: { jobId, restarts: 1 } });

      await course.send("unready", "exit 0", { node: failing, sbatch: ["--requeue", "--hold"] });
      const unready = await course.reaches("unready", "PENDING");
      await course.gate("prolog", unready, "fail");
      await course.control(`release ${unready}`);
      await course.expectLife("unready", "launchHeld");
      await course.gate("prolog", unready, "open");
      await course.node(failing, "up");
      await course.control(`release ${unready}`);
      await course.expectEnd("unready", "completed");
    },
  },
  {
    title: "a job that is being prepared has not begun, and one that is being cleaned up has not ended",
    rows: ["prolog", "completing", "completed"],
    async play(course) {
      await course.send("prepared", "exit 0", { sbatch: ["--hold"] });
      const jobId = await course.reaches("prepared", "PENDING");
      await course.gate("prolog", jobId, "hold");
      await course.gate("epilog", jobId, "hold");
      await course.control(`release ${jobId}`);
      await course.expectLife("prepared", "prolog");
      await course.gate("prolog", jobId, "open");
      await course.expectLife("prepared", "completing");
      await course.gate("epilog", jobId, "open");
      await course.expectEnd("prepared", "completed");
    },
  },
  {
    title: "a node that does not boot ends a job that is not to be requeued, and one that is runs elsewhere",
    rows: ["bootTimedOut", "completed"],
    async play(course) {
      const { booting, steady } = course.nodes;
      await course.control(`update nodename=${booting} state=power_down_force`);
      await course.send("unbooted", "exit 0", { node: booting, sbatch: ["--no-requeue", "--hold"] });
      await course.send("rebooted", "exit 0", { node: booting, sbatch: ["--requeue", "--hold"] });
      const unbooted = await course.reaches("unbooted", "PENDING");
      const rebooted = await course.reaches("rebooted", "PENDING");
      // Both at once: after the first time-out the node may stay down.
      await course.control(`release ${unbooted},${rebooted}`);
      await course.expectEnd("unbooted", "bootTimedOut", { runs: 0 });
      await course.reaches("rebooted", ({ status }) => (status.restarts ?? 0) > 0);
      await course.control(`update jobid=${rebooted} ReqNodeList=${steady}`);
      await course.expectEnd("rebooted", "completed", { shown: { jobId: rebooted } });
    },
  },
];
