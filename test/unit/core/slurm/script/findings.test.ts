import { describe, expect, it } from "vitest";
import { describeFinding } from "../../../../../src/core/slurm/script/finding.ts";
import { readScript } from "../../../../../src/core/slurm/script/read-script.ts";
import type { ReadOptions } from "../../../../../src/core/slurm/script/read-script.ts";

const read = (lines: readonly string[], options: ReadOptions = { release: "24.11" }) =>
  readScript(`#!/bin/sh\n${lines.join("\n")}\ntrue\n`, options);
const errors = (lines: readonly string[], options?: ReadOptions): string[] =>
  read(lines, options).errors.map((error) => `${error.code} ${describeFinding("job.sh", error)}`);
const warnings = (lines: readonly string[], options?: ReadOptions): string[] =>
  read(lines, options).warnings.map((warning) => `${warning.code} ${describeFinding("job.sh", warning)}`);

it("an option has its place, its text and its words", () => {
  expect(read(["#SBATCH  -J 'a b' --hold", "#SBATCH -N", "#SBATCH 2"]).options).toEqual([
    {
      name: "job-name",
      value: "a b",
      line: 2,
      column: 10,
      text: "-J 'a b'",
      words: [
        { text: "-J", line: 2, column: 10, written: "-J" },
        { text: "a b", line: 2, column: 13, written: "'a b'" },
      ],
      component: 0,
      kind: "#SBATCH",
    },
    {
      name: "hold",
      value: undefined,
      line: 2,
      column: 19,
      text: "--hold",
      words: [{ text: "--hold", line: 2, column: 19, written: "--hold" }],
      component: 0,
      kind: "#SBATCH",
    },
    {
      name: "nodes",
      value: "2",
      line: 3,
      column: 9,
      text: "-N 2",
      words: [
        { text: "-N", line: 3, column: 9, written: "-N" },
        { text: "2", line: 4, column: 9, written: "2" },
      ],
      component: 0,
      kind: "#SBATCH",
    },
  ]);
});

describe("what sbatch refuses is an error with its place and a way out", () => {
  it.each([
    [
      "#SBATCH --time=5 --comand=x",
      "UnknownOption job.sh:2:18: sbatch knows no option --comand: remove it, or correct the name",
    ],
    [
      "#SBATCH --ntask=4",
      "AmbiguousOption job.sh:2:9: --ntask may stand for --ntasks, --ntasks-per-core, --ntasks-per-gpu, --ntasks-per-node, --ntasks-per-socket, --ntasks-per-tres; write the name out",
    ],
    [
      "#SBATCH --partitoin=x",
      "UnknownOption job.sh:2:9: sbatch knows no option --partitoin: did you mean --partition?",
    ],
    ["#SBATCH -J", "MissingArgument job.sh:2:9: -J needs a value and none follows: write --job-name=VALUE"],
    ["#SBATCH --hold=1", "UnexpectedArgument job.sh:2:9: --hold takes no value: write --hold alone"],
    [
      "#SBATCH –n 4",
      'UnexpectedWord job.sh:2:9: "–n" begins with a dash that is no hyphen (a text editor\'s doing?): write -',
    ],
    [
      "#SBATCH --x = y",
      "UnknownOption job.sh:2:9: sbatch knows no option --x: remove it, or correct the name",
    ],
    [
      "#SBATCH -t 90s",
      'BadValue job.sh:2:9: --time: "90s" is no duration: write minutes, M:S, H:M:S, D-H, D-H:M, D-H:M:S, or UNLIMITED',
    ],
    [
      "#SBATCH --mem=1.5G",
      'BadValue job.sh:2:9: --mem: "1.5G" is no amount of memory: write an integer with K, M, G or T, e.g. 4G',
    ],
    [
      "#SBATCH -N 3-1",
      'BadValue job.sh:2:9: --nodes: "3-1" is no number of nodes: write N or MIN-MAX, e.g. 2 or 2-4',
    ],
    ["#SBATCH --array=5-1", 'BadValue job.sh:2:9: --array: "5-1" has the range 5-1, which runs backwards'],
    [
      "#SBATCH -J 'x",
      "UnmatchedQuote job.sh:2:12: the quote ' is not closed on this line; sbatch refuses the script: close it",
    ],
    [
      "#SBATCH --mem=1G --mem-per-cpu=1G",
      "ExcludingOptions job.sh:2:18: --mem and --mem-per-cpu exclude each other, and sbatch refuses the script: keep one",
    ],
    [
      "#PBS -d /tmp -Z",
      "UnknownOption job.sh:2:14: sbatch reads #PBS lines too, and refuses the script for -Z, which it does not know there: remove it, or add #SBATCH --ignore-pbs",
    ],
    [
      "#SBATCH --gres=help",
      'BadValue job.sh:2:9: --gres: "help" makes sbatch print a list and submit nothing: write the value that you mean',
    ],
  ])("%s", (line, message) => {
    expect(errors([line])[0]).toBe(message);
  });

  it("all errors are told at once, by line", () => {
    expect(
      errors(["#SBATCH -t 90s extra words", "#SBATCH --nosuch -N x"]).map((error) =>
        error.split(":").slice(0, 3).join(":"),
      ),
    ).toEqual([
      "BadValue job.sh:2:9",
      "UnexpectedWord job.sh:2:16",
      "UnknownOption job.sh:3:9",
      "BadValue job.sh:3:18",
    ]);
  });

  it("but no more than fifty", () => {
    expect(errors(Array.from({ length: 80 }, () => "#SBATCH stray"))).toHaveLength(50);
  });

  it("a heterogeneous job has at most 128 components", () => {
    expect(errors(Array.from({ length: 128 }, () => "#SBATCH hetjob"))).toEqual([
      "TooManyComponents job.sh:129:1: a heterogeneous job has at most 128 components: make it several jobs",
    ]);
  });
});

describe("reserved options are refused", () => {
  it.each([
    "--parsable",
    "-W",
    "--wait",
    "--wrap=x",
    "--test-only",
    "--uid=1",
    "--gid=1",
    "--get-user-env",
    "--export-file=x",
  ])("%s", (option) => {
    expect(errors([`#SBATCH ${option}`])[0]).toMatch(
      /^ReservedOption job\.sh:2:9: --[a-z-]+ .*: remove it$/u,
    );
  });

  it("--clusters may name the own cluster and no other", () => {
    expect(errors(["#SBATCH -M c1"], { release: "24.11", clusterName: "c1" })).toEqual([]);
    expect(errors(["#SBATCH --cluster=c2"], { release: "24.11", clusterName: "c1" })).toEqual([
      'ReservedOption job.sh:2:9: --clusters submits to another cluster than "c1", which is the submission\'s target; choose the cluster in spec.target',
    ]);
  });
});

describe("what sbatch silently ignores or takes otherwise is a warning", () => {
  it.each([
    [
      "##SBATCH -n 2",
      "NoDirective job.sh:2:1: sbatch takes this line for a comment: write #SBATCH with one # if it shall count",
    ],
    [
      "# SBATCH -n 2",
      "NoDirective job.sh:2:1: sbatch takes this line for a comment, because of the blank after #: write #SBATCH",
    ],
    [
      "  #SBATCH -n 2",
      "NoDirective job.sh:2:1: sbatch takes this line for a comment, because it is indented: begin it in column 1",
    ],
    [
      "#sbatch -n 2",
      'NoDirective job.sh:2:1: sbatch takes this line for a comment, because "sbatch" is not SBATCH (upper case counts): write #SBATCH',
    ],
    [
      "#SBTACH -n 2",
      'NoDirective job.sh:2:1: sbatch takes this line for a comment, because "SBTACH" is not SBATCH (upper case counts): write #SBATCH',
    ],
    ["#SLURM -n 2", "OldPrefix job.sh:2:1: sbatch reads #SLURM as #SBATCH and complains: write #SBATCH"],
    [
      "#SBATCH -p=gpu",
      'EqualsKept job.sh:2:9: sbatch keeps the = and reads --partition="=gpu": write -pgpu or --partition=gpu',
    ],
    [
      "#SBATCH --tasks=48",
      "Abbreviation job.sh:2:9: sbatch reads --tasks as --ntasks-per-node: write --ntasks if you mean all tasks of the job",
    ],
    [
      "#SBATCH --comment=“x”",
      "Typography job.sh:2:9: the curly quotes are plain characters to sbatch and become part of the value: write straight ones",
    ],
    ["#SBATCH --mem=4096", "NoMemoryUnit job.sh:2:9: sbatch takes 4096 for 4096M: write the unit, M, G or T"],
    [
      '#SBATCH -n2 "" -t 5',
      'RestIgnored job.sh:2:13: sbatch stops reading the line at the empty word, so this says nothing: "" -t 5 (remove it, or write an empty value as --option=)',
    ],
    [
      "#SBATCH -n2 hetjob -t 5",
      'RestIgnored job.sh:2:13: sbatch stops reading the line at the bare word "hetjob", and it begins no component here: put it on a line of its own, or quote it',
    ],
    [
      "#SBATCH -n2 \\",
      "NoContinuation job.sh:2:13: a backslash at the end of a directive continues nothing, sbatch drops it: begin the next line with #SBATCH",
    ],
    [
      "#SBATCH --quiet",
      "OptionIgnored job.sh:2:9: sbatch ignores --quiet in a script (on the command line it changes what sbatch says): remove it",
    ],
    ["#SBATCH packjob", 'OldPrefix job.sh:2:9: sbatch calls "packjob" deprecated: write "hetjob"'],
  ])("%s", (line, message) => {
    expect(warnings([line])).toEqual([message]);
    expect(errors([line])).toEqual([]);
  });

  it("a directive behind the first command", () => {
    expect(warnings(["set -e", "#SBATCH -n 2"])).toEqual([
      "AfterCommand job.sh:3:1: sbatch stops reading at the first command (line 2) and ignores this line: move it above",
    ]);
  });

  it("an option said twice, but not --mail-type", () => {
    expect(warnings(["#SBATCH -n 2 --mail-type=END", "#SBATCH --ntasks=3 --mail-type=FAIL"])).toEqual([
      "Repeated job.sh:3:9: --ntasks was said on line 2 already; sbatch takes the last one, 3: remove the other",
    ]);
  });

  it("#PBS lines, and that they win", () => {
    expect(warnings(["#PBS -N x", "#SBATCH -J y"])).toEqual([
      "ForeignDirective job.sh:2:1: sbatch reads #PBS lines too, after all #SBATCH lines: write them as #SBATCH, or add #SBATCH --ignore-pbs",
      "ForeignOverrides job.sh:2:6: sbatch reads #PBS lines after all #SBATCH lines, so this one wins over --job-name of line 3: remove one of them",
    ]);
  });

  it("nothing for a plain script", () => {
    expect(
      warnings(["# SBATCH directives follow", "#SBATCH -n 2 --mem=4G # note", "", "# sbatch me -p x"]),
    ).toEqual([]);
  });
});

describe("while nobody knows the release", () => {
  it("an error is what all releases refuse", () => {
    expect(errors(["#SBATCH --nosuch"], {})).toHaveLength(1);
  });

  it("what one release refuses is a warning", () => {
    expect(errors(["#SBATCH --power=x"], {})).toEqual([]);
    expect(warnings(["#SBATCH --power=x"], {})).toEqual([
      "ReleasesDiffer job.sh:2:9: Slurm 24.11 refuses this: sbatch knows no option --power: remove it, or correct the name",
    ]);
  });

  it("what the releases read otherwise is a warning", () => {
    expect(warnings(["#SBATCH -J a\\ -n2"], {})).toEqual([
      'ReleasesDiffer job.sh:2:9: Slurm 22.05 reads --job-name="a" here, newer releases --job-name="a -n2": put the value in quotes and leave out backslashes',
    ]);
  });
});
