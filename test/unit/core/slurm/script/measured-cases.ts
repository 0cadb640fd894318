import type { ErrorCode } from "../../../../../src/core/slurm/script/finding.ts";

/** What sbatch did with a script: the options that the job then had, or that it was refused. */
export type Measured = { readonly takes: Readonly<Record<string, string>> } | { readonly refuses: ErrorCode };

export interface MeasuredCase {
  readonly name: string;
  readonly script: string | Uint8Array;
  /** On 22.05, and on 24.11 where `newer` does not differ. */
  readonly measured: Measured;
  readonly newer?: Measured;
  /** On sbatch's command line. */
  readonly words?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Why Batchwright refuses what sbatch takes. */
  readonly refusedByUs?: ErrorCode;
  /** Who refuses, if not sbatch itself. */
  readonly by?: "slurmctld";
}

type Extra = Omit<MeasuredCase, "name" | "script" | "measured">;

const bash = (rest: string): string => `#!/bin/bash\n${rest}`;
const says = (words: string): string => bash(`#SBATCH ${words}\ntrue\n`);
const takes = (
  name: string,
  script: string | Uint8Array,
  options: Readonly<Record<string, string>>,
  extra: Extra = {},
): MeasuredCase => ({ name, script, measured: { takes: options }, ...extra });
const refuses = (
  name: string,
  script: string | Uint8Array,
  code: ErrorCode,
  extra: Extra = {},
): MeasuredCase => ({ name, script, measured: { refuses: code }, ...extra });

/**
 * What jobs became of these scripts on Slurm 22.05.8, by `scontrol show job`: time in minutes, memory as Slurm prints it, an option that is not
 * named was at its default. test/integration/sbatch-reading asks both releases again.
 */
export const measuredCases: readonly MeasuredCase[] = [
  takes("baseline", says("--comment=abc"), { comment: "abc" }),
  takes("space form", says("--comment abc"), { comment: "abc" }),
  takes("short -J name", says("-J nm"), { "job-name": "nm" }),
  takes("short glued -Jname", says("-Jnm"), { "job-name": "nm" }),
  takes("short with = (-J=nm)", says("-J=nm"), { "job-name": "=nm" }),
  takes("two options on a line", says("-J nm --comment=abc -t 5"), {
    "job-name": "nm",
    comment: "abc",
    time: "5",
  }),
  takes("abbreviated long (--comm=abc)", says("--comm=abc"), { comment: "abc" }),
  refuses("abbreviated ambiguous (--no=2)", says("--no=2"), "AmbiguousOption"),
  takes('trailing comment "# note"', says("--comment=abc # a note"), { comment: "abc" }),
  takes('trailing comment glued "abc#note"', says("--comment=abc#note"), { comment: "abc" }),
  refuses(
    "trailing words",
    bash("#SBATCH --comment=abc extra words\n#SBATCH -t 7\ntrue\n"),
    "UnexpectedWord",
  ),
  refuses("trailing words then option", says("extra -t 7"), "UnexpectedWord"),
  takes("double quotes", says('--comment="a b c"'), { comment: "a b c" }),
  takes("single quotes", says("--comment='a b c'"), { comment: "a b c" }),
  takes("quotes around the whole", says('"--comment=a b c"'), { comment: "a b c" }),
  takes('quotes in the middle a"b c"d', says('--comment=a"b c"d'), { comment: "ab cd" }),
  takes("single inside double", says('--comment="it\'s"'), { comment: "it's" }),
  takes("double inside single", says("--comment='say \"x\"'"), { comment: 'say "x"' }),
  takes("escaped dquote inside dquotes", says('--comment="a\\"b"'), { comment: 'a"b' }),
  refuses("backslash space", says("--comment=a\\ b"), "UnexpectedWord", {
    newer: { takes: { comment: "a b" } },
  }),
  takes("backslash n", says("--comment=a\\nb"), { comment: "anb" }),
  takes("backslash in single quotes", says("--comment='a\\b'"), { comment: "ab" }),
  takes("double backslash", says("--comment=a\\\\b"), { comment: "a\\b" }),
  refuses("unbalanced quote", bash('#SBATCH --comment="a b\n#SBATCH -t 9\ntrue\n'), "UnmatchedQuote"),
  takes("line continuation", bash("#SBATCH --comment=abc \\\n#SBATCH -t 9\ntrue\n"), {
    comment: "abc",
    time: "9",
  }),
  takes("no env expansion $HOME", says("--comment=$HOME"), { comment: "$HOME" }),
  takes("no cmd substitution", says("--comment=`date`$(date)"), { comment: "`date`$(date)" }),
  takes("# inside quotes", says('--comment="a # b"'), { comment: "a # b" }),
  takes("quoted # alone", says('--comment "#x" -t 9'), { comment: "#x", time: "9" }),
  takes("tab after #SBATCH", bash("#SBATCH\t--comment=abc\ntrue\n"), { comment: "abc" }),
  takes("no blank after #SBATCH", bash("#SBATCH--comment=abc\ntrue\n"), { comment: "abc" }),
  takes("many blanks", says("    --comment=abc     -t   8   "), { comment: "abc", time: "8" }),
  takes('leading space " #SBATCH"', bash(" #SBATCH --comment=abc\ntrue\n"), {}),
  takes("leading tab", bash("\t#SBATCH --comment=abc\ntrue\n"), {}),
  takes('"# SBATCH"', bash("# SBATCH --comment=abc\ntrue\n"), {}),
  takes('"##SBATCH"', bash("##SBATCH --comment=abc\ntrue\n"), {}),
  takes("lower case #sbatch", bash("#sbatch --comment=abc\ntrue\n"), {}),
  refuses("#SBATCHX", bash("#SBATCHX --comment=abc\ntrue\n"), "UnexpectedWord"),
  takes("empty #SBATCH line", bash("#SBATCH\n#SBATCH --comment=abc\ntrue\n"), { comment: "abc" }),
  takes("blank lines and comments between", bash("\n# hello\n\n   \n#SBATCH --comment=abc\ntrue\n"), {
    comment: "abc",
  }),
  takes("after a command", bash("true\n#SBATCH --comment=abc\n"), {}),
  takes("after an indented comment", bash("  # hello\n#SBATCH --comment=abc\ntrue\n"), { comment: "abc" }),
  takes("after set -e", bash("set -e\n#SBATCH --comment=abc\n"), {}),
  takes('after ":" line', bash(":\n#SBATCH --comment=abc\n"), {}),
  takes("after line of blanks only + command", bash("   \ttrue\n#SBATCH --comment=abc\n"), {}),
  takes("last line without newline", bash("#SBATCH --comment=abc"), { comment: "abc" }),
  takes("same option twice", bash("#SBATCH --comment=one\n#SBATCH --comment=two\ntrue\n"), {
    comment: "two",
  }),
  takes(
    "CLI overrides directive",
    says("--comment=script -t 5"),
    { comment: "cli", time: "5" },
    { words: ["--comment=cli"] },
  ),
  takes(
    "env overrides directive",
    says("--comment=script -t 5"),
    { "job-name": "envname", comment: "script", time: "11" },
    { environment: { SBATCH_TIMELIMIT: "11", SBATCH_JOB_NAME: "envname" } },
  ),
  takes(
    "CLI overrides env",
    says("-t 5"),
    { time: "3" },
    { words: ["-t", "3"], environment: { SBATCH_TIMELIMIT: "11" } },
  ),
  takes("SBATCH_COMMENT env", bash("true\n"), {}, { environment: { SBATCH_COMMENT: "env" } }),
  takes(
    "directive and env partition",
    says("-p main"),
    { partition: "short" },
    { environment: { SBATCH_PARTITION: "short" } },
  ),
  takes("begin", says("--begin=now+1hour"), {}),
  refuses("CRLF everywhere", "#!/bin/bash\r\n#SBATCH --comment=abc\r\ntrue\r\n", "DosLineBreaks"),
  refuses("CRLF only in shebang", "#!/bin/bash\r\n#SBATCH --comment=abc\ntrue\n", "DosLineBreaks"),
  refuses("CRLF only in a directive", says("--comment=abc\r"), "DosLineBreaks"),
  refuses("CRLF only in the body", bash("#SBATCH --comment=abc\ntrue\r\n"), "DosLineBreaks"),
  takes("one lone CR mid line", bash("#SBATCH --comment=abc\necho a\rb\n"), { comment: "abc" }),
  refuses("no shebang", "#SBATCH --comment=abc\ntrue\n", "NoInterpreter"),
  refuses("blank line before shebang", "\n#!/bin/bash\n#SBATCH --comment=abc\ntrue\n", "NoInterpreter"),
  refuses("space before shebang", " #!/bin/bash\n#SBATCH --comment=abc\ntrue\n", "NoInterpreter"),
  refuses("UTF-8 BOM before shebang", "\u{feff}#!/bin/bash\n#SBATCH --comment=abc\ntrue\n", "NoInterpreter"),
  refuses("empty script", "", "Empty"),
  refuses("only blanks", "  \n\n", "OnlyWhitespace"),
  takes("shebang only", "#!/bin/bash\n", {}),
  takes("python shebang", "#!/usr/bin/env python3\n#SBATCH --comment=abc\nimport os\n#SBATCH -t 9\n", {
    comment: "abc",
  }),
  takes("shebang with args", "#!/bin/bash -l\n#SBATCH --comment=abc\ntrue\n", { comment: "abc" }),
  refuses("NUL byte in script", "#!/bin/bash\n#SBATCH --comment=abc\ntrue\0x\n", "NullCharacter"),
  refuses("NUL from file", "#!/bin/bash\n#SBATCH --comment=abc\ntrue\0x\n", "NullCharacter"),
  takes(
    "non UTF-8 bytes in comment",
    Uint8Array.from(
      "#!/bin/bash\n#SBATCH --comment=ÿþ\ntrue\n".split("").map((character) => character.charCodeAt(0)),
    ),
    { comment: "ÿþ" },
    { refusedByUs: "NotUtf8" },
  ),
  takes("escaped hash a\\#b", says("--comment=a\\#b"), { comment: "a#b" }),
  refuses("colon word on a line", says("-n1 : -n2"), "UnexpectedColon"),
  refuses("colon at start", says(": -n2"), "UnexpectedColon"),
  refuses("argument over 8192 bytes", bash(`#SBATCH --comment=${"y".repeat(9000)}\ntrue\n`), "BadValue", {
    by: "slurmctld",
  }),
  takes("UTF-8 in comment", says('--comment="é漢"'), { comment: "é漢" }),
  refuses("unknown option", says("--nosuch=1"), "UnknownOption"),
  refuses("bad value", says("-t abc"), "BadValue"),
  takes("--wrap in directive", says("--wrap=hostname"), {}, { refusedByUs: "ReservedOption" }),
  takes("--parsable in directive", says("--parsable -t 9"), { time: "9" }, { refusedByUs: "ReservedOption" }),
  takes("--array in directive", says("--array=1-3"), { array: "1-3" }),
  takes("--help in directive", says("--help"), {}),
  takes("--version in directive", says("--version"), {}),
  takes("--test-only in directive", says("--test-only"), {}, { refusedByUs: "ReservedOption" }),
  refuses("--uid in directive", says("--uid=0"), "ReservedOption"),
  takes("#PBS honoured", bash("#PBS -N pbsname -l walltime=00:09:00\ntrue\n"), {
    "job-name": "pbsname",
    time: "9",
  }),
  takes("#PBS + #SBATCH", bash("#PBS -N pbsname\n#PBS -l walltime=00:09:00\n#SBATCH --comment=abc\ntrue\n"), {
    "job-name": "pbsname",
    comment: "abc",
    time: "9",
  }),
  takes("#SBATCH after #PBS precedence", bash("#SBATCH -J sb\n#PBS -N pbsname\ntrue\n"), {
    "job-name": "pbsname",
  }),
  takes("#PBS with --ignore-pbs", bash("#PBS -N pbsname\ntrue\n"), {}, { words: ["--ignore-pbs"] }),
  takes(
    "#PBS env SBATCH_IGNORE_PBS",
    bash("#PBS -N pbsname\ntrue\n"),
    {},
    { environment: { SBATCH_IGNORE_PBS: "1" } },
  ),
  takes("#BSUB honoured", bash("#BSUB -J bsubname -W 9\ntrue\n"), { "job-name": "bsubname", time: "9" }),
  refuses("#PBS bad option", bash("#PBS -Z foo\ntrue\n"), "UnknownOption"),
  takes("#PBS indented after", bash('#PBS -N "a b"\ntrue\n'), { "job-name": "a b" }),
  takes("name default from stdin", bash("true\n"), {}),
  takes("name default from file", bash("true\n"), {}),
  refuses("name empty", says('-J ""'), "MissingArgument"),
  takes(
    "het in script",
    bash("#SBATCH -J h1 --comment=one\n#SBATCH hetjob\n#SBATCH -J h2 --comment=two\ntrue\n"),
    { "job-name": "h1", comment: "one" },
  ),
  takes("packjob word", bash("#SBATCH -J h1\n#SBATCH packjob\n#SBATCH -J h2\ntrue\n"), { "job-name": "h1" }),
  refuses("cluster option unknown", says("-M nosuch"), "ReservedOption", { by: "slurmctld" }),
  refuses("long comment 5000", bash(`#SBATCH --comment=${"x".repeat(5000)}\ntrue\n`), "BadValue", {
    by: "slurmctld",
  }),
  refuses("long name 2000", bash(`#SBATCH -J ${"n".repeat(2000)}\ntrue\n`), "BadValue", { by: "slurmctld" }),
  takes("big script 3.9MB", bash(`#SBATCH -t 9\n#${"x".repeat(3_900_000)}\ntrue\n`), { time: "9" }),
  refuses("big script 4.2MB", bash(`#SBATCH -t 9\n#${"x".repeat(4_300_000)}\ntrue\n`), "TooLarge", {
    by: "slurmctld",
  }),
  takes("time 5", says("--time=5"), { time: "5" }),
  takes("time 5:30", says("--time=5:30"), { time: "6" }),
  takes("time 1:02:03", says("--time=1:02:03"), { time: "63" }),
  takes("time 1-2", says("--time=1-2"), { time: "1560" }),
  takes("time 1-2:3", says("--time=1-2:3"), { time: "1563" }),
  takes("time 1-2:3:4", says("--time=1-2:3:4"), { time: "1564" }),
  takes("time 0", says("--time=0"), { time: "UNLIMITED" }),
  takes("time infinite", says("--time=infinite"), { time: "UNLIMITED" }),
  takes("time UNLIMITED", says("--time=UNLIMITED"), { time: "UNLIMITED" }),
  takes("time -1", says("--time=-1"), { time: "UNLIMITED" }),
  refuses("time 90s", says("--time=90s"), "BadValue"),
  takes("time 00:00:30", says("--time=00:00:30"), { time: "1" }),
  takes("mem 100", says("--mem=100"), { mem: "100M" }),
  takes("mem 100K", says("--mem=100K"), { mem: "1M" }),
  takes("mem 100M", says("--mem=100M"), { mem: "100M" }),
  takes("mem 1G", says("--mem=1G"), { mem: "1G" }),
  takes("mem 1T", says("--mem=1T"), { mem: "1T" }),
  takes("mem 0", says("--mem=0"), { mem: "0" }),
  refuses("mem 1.5G", says("--mem=1.5G"), "BadValue"),
  takes("mem 100MB", says("--mem=100MB"), { mem: "100M" }),
  takes("mem 1GB", says("--mem=1GB"), { mem: "1G" }),
  takes("mem 100m", says("--mem=100m"), { mem: "100M" }),
];
