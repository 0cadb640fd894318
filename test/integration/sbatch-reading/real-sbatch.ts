import { randomUUID } from "node:crypto";
import { insideRoot } from "../../lab/daemons.ts";
import type { Lab } from "../../lab/lab.ts";
import type { Release } from "../../../src/core/slurm/options/release.ts";

/** The lab's clusters by the release they run. */
export const clusterOf = { "22.05": "c1", "24.11": "c2" } as const satisfies Record<Release, string>;

/** Where the scripts are submitted from: sbatch completes relative paths with it. */
export const directory = "/tmp";

export interface Question {
  readonly script: string | Uint8Array;
  readonly words?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Submits it, held, because only then slurmctld looks at everything; without this sbatch is only asked. */
  readonly submit?: boolean;
}

/** What the real sbatch made of a script. */
export interface Answer {
  /** sbatch's "defined options", a map for each component that it got to. */
  readonly components: readonly ReadonlyMap<string, string>[];
  /** The words that it cut from directives, in order (of `-vv`). */
  readonly words: readonly string[];
  readonly text: string;
  readonly exitCode: number;
}

/** Options that the question itself sets. */
const asked = new Set(["test-only", "verbose"]);

/**
 * Asks `sbatch -vv --test-only` what it reads in scripts: many scripts in one shell, because starting one in the root costs more than sbatch itself.
 * "Defined options" appear before any controller is asked, so their number tells whether sbatch itself took the script.
 */
export async function askSbatch(
  lab: Lab,
  release: Release,
  questions: readonly Question[],
): Promise<Answer[]> {
  const mark = randomUUID();
  const script = questions.map((question) => {
    const { environment = {}, words = [], submit = false } = question;
    const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    const mode = submit ? ["--hold"] : ["--test-only"];
    const call = ["env", ...settings, "timeout", "20", "sbatch", "-vv", ...mode, ...words].map(bashWord);
    return `printf '%b' ${bashEscaped(question.script)} | ${call.join(" ")} 2>&1; echo " ${mark} \${PIPESTATUS[1]}"`;
  });
  // Run from a file: from a pipe bash would read every byte by itself.
  const { stdout, stderr, code } = await insideRoot(
    lab,
    { cluster: clusterOf[release], user: "alice" },
    `cd ${directory} && cat > ${mark} && bash ${mark}; rm -f ${mark}`,
    { stdin: `${script.join("\n")}\n`, within: 240_000 },
  );
  if (code !== 0) throw new Error(`the shell in the root ended with ${String(code)}: ${stderr}`);
  await cancel(lab, release, stdout);
  const ends = [...stdout.matchAll(new RegExp(` ${mark} (?<code>\\d+)\n`, "gu"))];
  return ends.map((end, index) => {
    const before = ends[index - 1];
    const start = before === undefined ? 0 : before.index + before[0].length;
    return readAnswer(stdout.slice(start, end.index), Number(end.groups?.["code"]));
  });
}

/** Submitted questions that were taken, against what was expected of them, must not stay in the queue. */
async function cancel(lab: Lab, release: Release, stdout: string): Promise<void> {
  const jobs = [...stdout.matchAll(/^Submitted batch job (?<id>\d+)$/gmu)].map(
    ({ groups }) => groups?.["id"] ?? "",
  );
  if (jobs.length === 0) return;
  await insideRoot(lab, { cluster: clusterOf[release], user: "alice" }, `scancel ${jobs.join(" ")}`);
}

function readAnswer(text: string, exitCode: number): Answer {
  const blocks = [...text.matchAll(/: defined options\n(?<block>[^]*?)\nsbatch: end of defined options/gu)];
  return {
    components: blocks.map(({ groups }) => {
      const lines = [...(groups?.["block"] ?? "").matchAll(/^sbatch: (?<name>\S+) *: (?<value>.*)$/gmu)];
      const pairs = lines.map(({ groups }): [string, string] => [
        groups?.["name"] ?? "",
        groups?.["value"] ?? "",
      ]);
      return new Map(pairs.filter(([name]) => !asked.has(name)));
    }),
    words: [...text.matchAll(/^sbatch: debug2: Found in script, argument "(?<word>.*)"$/gmu)].map(
      ({ groups }) => groups?.["word"] ?? "",
    ),
    text: text
      .split("\n")
      .filter((line) => !/debug|plugin/u.test(line))
      .join("\n"),
    exitCode,
  };
}

const bashWord = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** For printf's %b, which makes any byte from `\0NNN`, NUL included. */
function bashEscaped(script: string | Uint8Array): string {
  const bytes = Buffer.from(script);
  let text = "";
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    text +=
      /[\w ./,:=#@+-]/u.test(character) && byte < 128 ? character : `\\0${byte.toString(8).padStart(3, "0")}`;
  }
  return `'${text}'`;
}
