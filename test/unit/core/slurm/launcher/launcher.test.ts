import { execFileSync } from "node:child_process";

import { expect, test } from "vitest";

import { buildJobFiles, type JobFilesOptions } from "../../../../../src/core/slurm/launcher/job-files.ts";
import { buildLauncher } from "../../../../../src/core/slurm/launcher/launcher.ts";

const options: JobFilesOptions = {
  directory: "/scratch/it's mine/bw/token",
  generated: ["#SBATCH --mem=1G"],
  directives: ["#SBATCH --job-name=x   # why", "#PBS -N y"],
  entrypoint: "entry.sh",
  interpreter: ["/bin/bash"],
  variables: [{ name: "PARAM_a", value: "1" }],
  modules: ["gcc/12"],
  setup: "umask 027",
  files: [{ path: "entry.sh", content: new TextEncoder().encode("#!/bin/bash\n"), isExecutable: true }],
};

test("directives stand before the first command, generated ones first, the author's as they were", () => {
  expect(buildLauncher(options).split("\n").slice(0, 5)).toEqual([
    "#!/bin/sh",
    "#SBATCH --mem=1G",
    "#SBATCH --job-name=x   # why",
    "#PBS -N y",
    String.raw`directory='/scratch/it'\''s mine/bw/token'`,
  ]);
});

test.each(["#SBATCH --comment=a\necho hacked", "#SBATCH --comment=a\rb", "#SBATCH a\0", "echo hacked", ""])(
  "%j is no directive line",
  (line) => {
    expect(() => buildLauncher({ ...options, directives: [line] })).toThrow("not a directive line");
    expect(() => buildLauncher({ ...options, generated: [line] })).toThrow("not a directive line");
  },
);

test("everything that is staged is read-only, and a shell can read it", () => {
  const files = buildJobFiles(options);
  expect(files.map((file) => [file.path, file.mode.toString(8)])).toEqual([
    ["batch.sh", "500"],
    ["start.sh", "400"],
    ["outputs.bash", "400"],
    ["template/entry.sh", "500"],
  ]);
  for (const file of files) execFileSync("bash", ["-n"], { input: file.content });
  for (const file of files.slice(0, 2)) execFileSync("sh", ["-n"], { input: file.content });
});

test.each(["../x", "a/../../x", "/etc/passwd", "a//b", "", "./a"])(
  "a support file at %j is refused",
  (path) => {
    const files = [{ path, content: new Uint8Array(), isExecutable: false }];
    expect(() => buildJobFiles({ ...options, files })).toThrow("not a path below the job's directory");
  },
);
