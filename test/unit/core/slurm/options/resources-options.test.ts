import { describe, expect, it } from "vitest";
import { formatDirective, formatWord } from "../../../../../src/core/slurm/options/option-text.ts";
import { optionsOf } from "../../../../../src/core/slurm/options/option-table.ts";
import { releaseOf } from "../../../../../src/core/slurm/options/release.ts";
import { resourcesToOptions } from "../../../../../src/core/slurm/options/resources-options.ts";

const field = "spec.resources";

describe("resources as options", () => {
  it("each field has its option", () => {
    const asked = resourcesToOptions(
      {
        partition: "main",
        account: "a",
        qos: "q",
        nodes: { min: 1, max: 3 },
        tasks: 4,
        tasksPerNode: 2,
        cpusPerTask: 3,
        memory: "1.5Gi",
        gpus: { count: 2, type: "a100", per: "Node" },
        timeLimitSeconds: 3601,
        array: "0-6%2",
        reservation: "r",
        constraint: "fast|big",
        exclusive: "User",
        localDisk: "10G",
        licenses: ["x:2", "y"],
        sbatch: ["--comment='a b'", "-k -H"],
      },
      { field },
    );
    expect(asked.set.map(formatWord)).toEqual([
      "--partition=main",
      "--account=a",
      "--qos=q",
      "--nodes=1-3",
      "--ntasks=4",
      "--ntasks-per-node=2",
      "--cpus-per-task=3",
      "--mem=1536M",
      "--gpus-per-node=a100:2",
      "--time=61",
      "--array=0-6%2",
      "--reservation=r",
      "--constraint=fast|big",
      "--exclusive=user",
      "--tmp=9537M",
      "--licenses=x:2,y",
      "--comment=a b",
      "--no-kill",
      "--hold",
    ]);
    expect({ errors: asked.errors, without: asked.without }).toEqual({ errors: [], without: [] });
  });

  it("nothing asks for nothing", () => {
    expect(resourcesToOptions(undefined, { field })).toEqual({ set: [], without: [], errors: [] });
  });

  it("sbatch[] comes last and replaces what the fields say in its groups", () => {
    const asked = resourcesToOptions(
      {
        memory: "1Gi",
        exclusive: "None",
        gpus: { count: 1 },
        sbatch: ["--mem-per-cpu=2G", "--exclusive", "-G 4"],
      },
      { field },
    );
    expect(asked).toEqual({
      set: [
        { name: "mem-per-cpu", value: "2G" },
        { name: "exclusive", value: undefined },
        { name: "gpus", value: "4" },
      ],
      without: [],
      errors: [],
    });
  });

  it.each([
    ["--wrap=x", "--wrap replaces the script by a command; Batchwright reserves the option: remove it"],
    [
      "--parsable",
      "--parsable changes the answer that Batchwright reads; it always asks for it itself; Batchwright reserves the option: remove it",
    ],
    ["--help", "--help prints help and submits nothing: remove it"],
    ["-V", "--version prints the version and submits nothing: remove it"],
    ["--nosuch=1", "sbatch knows no option --nosuch: remove it, or correct the name"],
    ["-t 90s", '--time: "90s" is no duration: write minutes, M:S, H:M:S, D-H, D-H:M, D-H:M:S, or UNLIMITED'],
    ["-J", "-J needs a value and none follows: write --job-name=VALUE"],
    ["", "the entry holds no option: remove it"],
    [
      "--comment='x",
      `"--comment='x" cannot be read to its end (column 1): write --option=value, quoted where it has blanks`,
    ],
    ["--comment=a\n-H", "an entry is one line: remove the line break"],
    [
      "hetjob",
      '"hetjob" cannot be read to its end (column 1): write --option=value, quoted where it has blanks',
    ],
  ])("sbatch entry %j is refused with its field", (entry, message) => {
    expect(resourcesToOptions({ sbatch: ["--hold", entry] }, { field }).errors).toEqual([
      { field: "spec.resources.sbatch[1]", message },
    ]);
  });

  it("bad fields are refused with their name", () => {
    expect(
      resourcesToOptions(
        { memory: "0", array: "5-1", cpusPerTask: 2, sbatch: ["--cpus-per-gpu=1", "-c 2"] },
        { field },
      ).errors,
    ).toEqual([
      {
        field: "spec.resources.memory",
        message: '"0" is zero, which Slurm takes for all the memory of the node; leave it out',
      },
      { field: "spec.resources.array", message: '"5-1" has the range 5-1, which runs backwards' },
      {
        field: "spec.resources",
        message:
          "--cpus-per-task and --cpus-per-gpu exclude each other, and sbatch refuses them together: keep one",
      },
    ]);
  });
});

describe("what is never written", () => {
  it.each(["a\nb", "a\0b", "a\rb", "\u001b[31m"])("a control character in a value: %j", (value) => {
    expect(() => formatDirective({ name: "comment", value })).toThrow("holds a control character");
    expect(() => formatWord({ name: "comment", value })).toThrow("holds a control character");
  });

  it.each(["wrap", "wait", "test-only", "help", "version", "uid"] as const)("--%s", (name) => {
    expect(() => formatWord({ name, value: "x" })).toThrow(`"--${name}"`);
  });
});

it("22.05 has 106 options, 24.11 has 114", () => {
  expect([optionsOf("22.05").length, optionsOf("24.11").length]).toEqual([106, 114]);
});

it("a version reads as the newest measured release that is not newer", () => {
  expect(["22.05.8", "23.11.1", "24.11.5", "25.05.0", "21.08.2", ""].map(releaseOf)).toEqual([
    "22.05",
    "22.05",
    "24.11",
    "24.11",
    "22.05",
    "22.05",
  ]);
});
