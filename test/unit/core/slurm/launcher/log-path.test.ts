import { expect, test } from "vitest";

import { logPath, type LogOptions } from "../../../../../src/core/slurm/launcher/log-path.ts";

const job: LogOptions = {
  directory: "/w/t",
  output: undefined,
  chdir: undefined,
  jobName: "scf",
  user: "alice",
  jobId: 42,
  taskIndex: undefined,
};

test.each<[string, Partial<LogOptions>, string | undefined]>([
  ["Slurm's own name", {}, "/w/t/work/slurm-42.out"],
  ["Slurm's own name for a task", { taskIndex: 3 }, "/w/t/work/slurm-42_3.out"],
  ["a relative name", { output: "log/%x-%j.txt" }, "/w/t/work/log/scf-42.txt"],
  [
    "a relative name under --chdir",
    { output: "%u.%A.log", chdir: "/home/alice" },
    "/home/alice/alice.42.log",
  ],
  ["an absolute name", { output: "/data/%5j.out" }, "/data/00042.out"],
  ["an array's pattern", { output: "%A-%03a", taskIndex: 7 }, "/w/t/work/42-007"],
  ["a percent sign", { output: "100%%" }, "/w/t/work/100%"],
  ["a backslash, which turns patterns off", { output: String.raw`\%j.out` }, "/w/t/work/%j.out"],
  ["a task's raw id, which only Slurm knows", { output: "%j.out", taskIndex: 7 }, undefined],
  ["the node's name", { output: "%N.out" }, undefined],
  ["nowhere", { output: "/dev/null" }, undefined],
])("%s", (_what, changes, path) => {
  expect(logPath({ ...job, ...changes })).toBe(path);
});
