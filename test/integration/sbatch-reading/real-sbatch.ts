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
}

/** What the real sbatch made of a script. */
export interface Answer {
  /** sbatch's "defined options", a map for each component that it got to. */
  readonly components: readonly ReadonlyMap<string, string>[];
  /** The words that it cut from directives, in order (of `-vv`). */
  readonly words: readonly string[];
  readonly text: string;
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
  const script = questions.map(({ script, words = [], environment = {} }) => {
    const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    const call = ["env", ...settings, "timeout", "20", "sbatch", "-vv", "--test-only", ...words]
      .map(bashWord)
      .join(" ");
    return `printf '%b' ${bashEscaped(script)} | ${call} 2>&1; echo; echo ${mark}`;
  });
  const { stdout, stderr, code } = await insideRoot(
    lab,
    { cluster: clusterOf[release], user: "alice" },
    `cd ${directory} && exec /bin/bash -s`,
    { stdin: `${script.join("\n")}\n`, within: 240_000 },
  );
  if (code !== 0) throw new Error(`the shell in the root ended with ${String(code)}: ${stderr}`);
  return stdout
    .split(`${mark}\n`)
    .slice(0, -1)
    .map((text) => readAnswer(text.replace(/\n$/u, "")));
}

function readAnswer(text: string): Answer {
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
