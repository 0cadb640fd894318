import * as fc from "fast-check";
import { optionTable } from "../../../src/core/slurm/options/option-table.ts";
import type { OptionRow } from "../../../src/core/slurm/options/option-table.ts";
import { text, values } from "./arbitrary-values.ts";

/** Not asked: what sbatch makes of them depends on who asks, on files, or on slurm.conf. */
const left = new Set([
  "uid",
  "gid",
  "nodefile",
  "bbf",
  "cpu-freq",
  "get-user-env",
  "export-file",
  "context",
  "resv-ports",
  "power",
]);
const rows: readonly OptionRow[] = optionTable.filter(({ name }) => !left.has(name));

/** Spells a word with random quotes and backslashes. Mostly it stays the same word. */
const spelt = (word: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant(word) },
    { weight: 2, arbitrary: fc.constant(`"${word.replaceAll(/["\\]/gu, String.raw`\$&`)}"`) },
    { weight: 1, arbitrary: fc.constant(`'${word}'`) },
    { weight: 1, arbitrary: fc.nat(word.length).map((at) => `${word.slice(0, at)}"${word.slice(at)}"`) },
    { weight: 1, arbitrary: fc.nat(word.length).map((at) => `${word.slice(0, at)}\\${word.slice(at)}`) },
  );

const option: fc.Arbitrary<string> = fc.constantFrom(...rows).chain((row) => {
  const value = values[row.value].chain(spelt);
  const name = fc.oneof(
    { weight: 8, arbitrary: fc.constant(row.name) },
    {
      weight: 1,
      arbitrary: fc.integer({ min: 1, max: row.name.length }).map((length) => row.name.slice(0, length)),
    },
  );
  const short = row.short ?? "z";
  if (row.argument === "none") {
    return fc.oneof(
      { weight: 5, arbitrary: name.map((long) => `--${long}`) },
      fc.constant(`-${short}`),
      fc.constant(`--${row.name}=x`),
    );
  }
  return fc.oneof(
    { weight: 5, arbitrary: fc.tuple(name, value).map(([long, given]) => `--${long}=${given}`) },
    { weight: 2, arbitrary: fc.tuple(name, value).map(([long, given]) => `--${long} ${given}`) },
    fc.tuple(value, fc.constantFrom("", " ", "=")).map(([given, between]) => `-${short}${between}${given}`),
    name.map((long) => `--${long}`),
  );
});

const oddity = fc.constantFrom(
  "#x",
  "# a note",
  "--",
  "-",
  "stray",
  '""',
  "''",
  "\\",
  ":",
  "hetjob",
  "packjob",
  "-HO",
  "-HN2",
  "-kOs",
  "-koff",
  '"',
  "–n",
  "-J:",
  "\t",
  "\v",
);
const directive = fc
  .tuple(
    fc.oneof(
      { weight: 12, arbitrary: fc.constant("#SBATCH ") },
      fc.constantFrom(
        "#SBATCH\t",
        "#SBATCH",
        "#SLURM ",
        " #SBATCH ",
        "##SBATCH ",
        "# SBATCH ",
        "#sbatch ",
        "#SBATCHX ",
      ),
    ),
    fc.array(fc.oneof({ weight: 10, arbitrary: option }, { weight: 1, arbitrary: oddity }), {
      minLength: 1,
      maxLength: 3,
    }),
    fc.constantFrom("", "", " ", " # note", "#note", "  ", "\\"),
  )
  .map(([prefix, words, end]) => `${prefix}${words.join(" ")}${end}`);

const pbsOption = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(
        "-N",
        "-q",
        "-A",
        "-M",
        "-o",
        "-e",
        "-v",
        "-S",
        "-j",
        "-k",
        "-r",
        "-u",
        "-C",
        "-d",
        "-Z",
        "--job_name",
        "--job",
      ),
      text.chain(spelt),
    )
    .map((parts) => parts.join(" ")),
  fc.constantFrom(
    "-h",
    "-V",
    "-z",
    "-I",
    "-m abe",
    "-m n",
    "-m x",
    "-p 5",
    "-p -5",
    "-J 1-3",
    "-t 0-2",
    "-a now",
    "-a 1200",
    "-W depend=afterok:1",
    "-W group_list=x",
    "stray",
  ),
  fc
    .array(
      fc.constantFrom(
        "walltime=10",
        "walltime=1:00:00",
        "walltime=x",
        "nodes=2",
        "nodes=2:ppn=3",
        "nodes=1+2:ppn=2",
        "nodes=:ppn=2",
        "mem=4gb",
        "mem=100mb",
        "mem=10b",
        "mem=x",
        "file=1gb",
        "ncpus=4",
        "ncpus=x",
        "select=2:ncpus=4:mpiprocs=2",
        "select=1:ncpus=2",
        "mpiprocs=3",
        "cput=9",
        "pmem=1gb",
        "vmem=2gb",
        "proc=foo",
        "xmem=3",
        "foo=1",
        "nice=5",
        "nice=",
        "host=a",
        "walltime=",
      ),
      { minLength: 1, maxLength: 3 },
    )
    .chain((parts) => fc.constantFrom(",", ":").map((between) => `-l ${parts.join(between)}`)),
);
const bsubOption = fc.oneof(
  fc
    .tuple(
      fc.constantFrom("-J", "-q", "-o", "-e", "-c", "-cwd", "-m", "-P", "--job_name", "--queue"),
      text.chain(spelt),
    )
    .map((parts) => parts.join(" ")),
  fc.constantFrom(
    "-x",
    "-n 4",
    "-n 2,4",
    "-n 2,",
    "-n x",
    "-M 100",
    "-M 4096",
    "-M 1GB",
    "-M x",
    "-W 9",
    "-W 1:30",
    "-W x",
    "-R span",
    '-m "a b"',
  ),
);
const foreign = fc.oneof(
  fc.array(pbsOption, { minLength: 1, maxLength: 2 }).map((words) => `#PBS ${words.join(" ")}`),
  fc.array(bsubOption, { minLength: 1, maxLength: 2 }).map((words) => `#BSUB ${words.join(" ")}`),
);

const line = fc.oneof(
  { weight: 10, arbitrary: directive },
  { weight: 2, arbitrary: fc.constantFrom("", "   ", "# a comment", "  # indented", "\t") },
  {
    weight: 1,
    arbitrary: fc.constantFrom("#SBATCH hetjob", "#SBATCH", "true", "set -e", ":", "#SBATCH --ignore-pbs"),
  },
);

/** Scripts with few directives each, so that most of them are taken and a refusal has one cause. */
export const arbitraryScript: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(line, { minLength: 1, maxLength: 4 }),
    fc.oneof(
      { weight: 5, arbitrary: fc.constant<string[]>([]) },
      { weight: 1, arbitrary: fc.array(foreign, { minLength: 1, maxLength: 2 }) },
    ),
    fc.constantFrom("\ntrue\n", "\ntrue\n#SBATCH -n 3\n", ""),
  )
  .map(
    ([lines, others, end]) =>
      `#!/bin/sh\n${[...others.slice(0, 1), ...lines, ...others.slice(1)].join("\n")}${end}`,
  );
