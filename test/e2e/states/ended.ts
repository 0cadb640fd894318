import { expect } from "vitest";
import { messageIn } from "../stage.ts";
import type { Case } from "./case.ts";

const greedy = "head -c 300m /dev/zero | tail -c 300m | wc -c";

/** How a job ends by itself, or by a person. */
export const endedCases: readonly Case[] = [
  {
    title: "an exit code is the script's",
    rows: ["exitCode"],
    async play(course) {
      await course.send("code", "exit 7");
      await course.expectEnd("code", "exitCode", { shown: { exitCode: 7, signal: 0 } });
    },
  },
  {
    title: "a missing interpreter is told by its code and in the log",
    rows: ["noInterpreter"],
    async play(course) {
      await course.sendText("nobody", "#!/opt/nowhere/perl6\nsay 1\n");
      const { status } = await course.expectEnd("nobody", "noInterpreter", {
        runs: 0,
        shown: { exitCode: 127 },
      });
      expect(status.log?.tail).toContain("/opt/nowhere/perl6");
    },
  },
  {
    title: "what could not be launched has failed, with the cause",
    rows: ["launchFailed"],
    async play(course) {
      await course.send("unopened", "exit 0", { sbatch: ["--output=/root/nowhere/%j.out"] });
      const { status } = await course.expectEnd("unopened", "launchFailed", { runs: 0 });
      expect(status).not.toHaveProperty("exitCode");
      expect(status).not.toHaveProperty("signal");
    },
  },
  {
    title: "memory is told apart: of the job, and of a step that the script outlived",
    rows: ["outOfMemory", "stepOutOfMemory"],
    needsMemoryLimits: true,
    async play(course) {
      await course.send("greedy", greedy);
      await course.send("greedy-step", `srun -n1 sh -c '${greedy}'\nexit 0`);
      await course.expectEnd("greedy", "outOfMemory");
      await course.expectEnd("greedy-step", "stepOutOfMemory");
    },
  },
  {
    title: "a job that cannot meet its deadline ends by it",
    rows: ["deadline"],
    async play(course) {
      await course.send("late", "exit 0", {
        sbatch: ["--partition=short", "--time=30", "--deadline=now+1hour"],
      });
      const jobId = await course.reaches("late", "PENDING");
      await course.control(`update jobid=${jobId} deadline=now+61seconds`);
      await course.expectEnd("late", "deadline", { runs: 0 });
    },
  },
  {
    title: "alice may cancel her running job",
    rows: ["cancelledByUser"],
    async play(course) {
      await course.send("left", "sleep 600");
      const jobId = await course.reaches("left", "RUNNING");
      await course.run("alice", `scancel ${jobId}`);
      await course.expectEnd("left", "cancelledByUser");
    },
  },
  {
    title: "root may cancel a waiting job",
    rows: ["cancelledByAdmin"],
    async play(course) {
      await course.send("barred-out", "exit 0", { sbatch: ["--hold"] });
      const jobId = await course.reaches("barred-out", "PENDING");
      await course.run("root", `scancel ${jobId}`);
      await course.expectEnd("barred-out", "cancelledByAdmin", { runs: 0 });
    },
  },
  {
    title: "a heterogeneous job is one job, and ends as its script does",
    rows: ["hetFailed"],
    async play(course) {
      const { steady, contended } = course.nodes;
      await course.send("pair", "srun --het-group=0,1 true\nexit 9", {
        directives: [`#SBATCH --nodelist=${steady}`, "#SBATCH hetjob", `#SBATCH --nodelist=${contended}`],
      });
      const done = await course.expectEnd("pair", "hetFailed", { shown: { exitCode: 9 } });
      expect(messageIn(done)).not.toContain("+");
    },
  },
];
