import { type Case, untilOpened } from "./case.ts";

const holds = [
  { who: "alice", what: "halted", row: "held" },
  { who: "root", what: "barred", row: "heldByAdmin" },
] as const;

/** What waits in the queue for a person. */
export const heldCases: readonly Case[] = [
  ...holds.map(({ who, what, row }): Case => ({
    title: `a job that ${who} holds waits, and runs once it is released`,
    rows: [row, "begins", "completed"],
    async play(course) {
      await course.send(what, "exit 0", { sbatch: ["--begin=now+1hour"] });
      const jobId = await course.reaches(what, "PENDING");
      await course.run(who, `scontrol hold ${jobId}`);
      await course.expectLife(what, row);
      await course.run(who, `scontrol release ${jobId}`);
      await course.expectLife(what, "begins");
      await course.control(`update jobid=${jobId} StartTime=now`);
      await course.expectEnd(what, "completed");
    },
  })),
  {
    title: "what can never start says so, and can be cancelled",
    rows: ["tooLong"],
    async play(course) {
      await course.send("endless", "exit 0", { sbatch: ["--partition=short", "--time=60"] });
      await course.expectLife("endless", "tooLong");
      await course.cancel("endless");
    },
  },
  {
    title: "a dead dependency of Slurm's own is told, and ended where it says so",
    rows: ["deadDependency", "deadDependencyKilled"],
    async play(course) {
      const failed = await course.run("alice", "sbatch --parsable --wrap 'exit 1'");
      await course.run("alice", `while squeue -h -t PD,R,CG -j ${failed} | grep -q .; do sleep 0.5; done`);
      await course.send("orphan", "exit 0", { sbatch: [`--dependency=afterok:${failed}`] });
      await course.send("orphan-killed", "exit 0", {
        sbatch: [`--dependency=afterok:${failed}`, "--kill-on-invalid-dep=yes"],
      });
      await course.expectLife("orphan", "deadDependency");
      await course.expectEnd("orphan-killed", "deadDependencyKilled", { runs: 0 });
    },
  },
  {
    title: "what others change of a job is followed, and it stays ours",
    rows: ["edited"],
    async play(course) {
      await course.send("edited", "exit 3", { sbatch: ["--begin=now+1hour", "--comment=mine"] });
      const jobId = await course.reaches("edited", "PENDING");
      await course.control(
        `update jobid=${jobId} JobName=stolen Comment=another Partition=short TimeLimit=00:07:00`,
      );
      await course.reaches(
        "edited",
        ({ status }) => status.partition === "short" && status.timeLimitSeconds === 420,
      );
      await course.control(`update jobid=${jobId} StartTime=now`);
      await course.expectEnd("edited", "edited", { shown: { partition: "short", timeLimitSeconds: 420 } });
    },
  },
  {
    title: "a suspended job goes on when it is resumed, and so does one whose processes are stopped",
    rows: ["suspended", "stopped", "running", "completed"],
    async play(course) {
      await course.send("frozen", untilOpened);
      await course.send("stopped", untilOpened);
      const frozen = await course.reaches("frozen", "RUNNING");
      await course.control(`suspend ${frozen}`);
      const stopped = await course.reaches("stopped", "RUNNING");
      await course.run("alice", `scancel --signal=STOP ${stopped}`);
      await course.expectLife("frozen", "suspended");
      await course.expectLife("stopped", "stopped");
      await course.control(`resume ${frozen}`);
      await course.run("alice", `scancel --signal=CONT ${stopped}`);
      await course.expectLife("frozen", "running");
      await course.expectLife("stopped", "running");
      await course.open("frozen");
      await course.open("stopped");
      await course.expectEnd("frozen", "completed");
      await course.expectEnd("stopped", "completed");
    },
  },
];
