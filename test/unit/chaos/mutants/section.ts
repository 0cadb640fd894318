import { format, resolveConfig } from "prettier";
import { courses } from "../../../chaos/mutants/courses/all.ts";
import { listed } from "../../../chaos/mutants/listed.ts";
import { mutantsOfRules } from "../../../chaos/mutants/of-rules.ts";
import type { Course, Mutant } from "../../../chaos/mutants/mutant.ts";

const heading = "## Rules switched off\n";

const head = `
Each rule that the model's table of mutants drops, or has in an older wording, is switched off in a test build: a copy of the source in which that rule is edited out. A short course of events on real parts (operator, API server, sshd, Slurm), always the same, is played with the code as it is, of which the oracle has nothing to complain, and with the test build,
of which it must complain as the table says ([\`test/chaos/mutants\`](../test/chaos/mutants)). Those in bold are played by \`make test\`, all by \`make test-full\`; an edit that no longer fits the source fails a unit test.

`;

const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;
const rowOf = (course: Course, { name, rule, what, isSample, oracle }: Mutant): string =>
  row(isSample === true ? `**${name}**` : name, `${rule}: ${what}`, course.what, oracle);
const nameTest = (test: string): string => ` ([\`${test.split("/").at(-1) ?? ""}\`](../${test}))`;

const table = (): string =>
  [
    row("mutant", "rule, and what is done instead", "course", "the oracle says"),
    row("---", "---", "---", "---"),
    ...courses.flatMap((course) => course.mutants.map((mutant) => rowOf(course, mutant))),
    "\nNot played:\n\n",
    row("mutant", "why"),
    row("---", "---"),
    ...listed.map(({ name, why, test }) => row(name, `${why}${test === undefined ? "" : nameTest(test)}`)),
    ...Object.entries(mutantsOfRules).flatMap(([rule, mutants]) =>
      typeof mutants === "string" ? [row(rule, mutants)] : [],
    ),
  ].join("");

/** A page with this section as the tests' own table has it; what follows the section stays. */
export async function withSection(text: string, path: string): Promise<string> {
  const [before = "", rest = ""] = text.split(heading);
  const next = rest.indexOf("\n## ");
  const after = next < 0 ? "" : rest.slice(next);
  const options = { ...(await resolveConfig(path)), parser: "markdown" };
  return format(`${before}${heading}${head}${table()}${after}`, options);
}
