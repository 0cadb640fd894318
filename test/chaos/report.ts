import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { format } from "prettier";
import type { Fault } from "./fault.ts";
import { allFaults } from "./kinds/all.ts";
import { faultsIn, type PlayedRound } from "./ledger.ts";
import { namedTests } from "./named-tests.ts";

export interface KindSummary {
  readonly kind: string;
  readonly what: string;
  readonly quota: number;
  readonly held: number;
  readonly broken: number;
}

export function summaryOf(ledger: readonly PlayedRound[], faults: readonly Fault[]): readonly KindSummary[] {
  const count = (verdict: PlayedRound["verdict"], kind: string): number =>
    ledger.filter((round) => round.verdict === verdict).reduce((sum, { hits }) => sum + (hits[kind] ?? 0), 0);
  return faults.map(({ kind, what, quota }) => ({
    kind,
    what,
    quota,
    held: count("held", kind),
    broken: count("broken", kind),
  }));
}

const page = join(import.meta.dirname, "../../docs/reliability.md");

/** Writes docs/reliability.md: what was broken how often, and what came of it. */
export async function writeReport(ledger: readonly PlayedRound[]): Promise<void> {
  await writeFile(page, await format(reportOf(ledger), { parser: "markdown" }));
}

export function reportOf(ledger: readonly PlayedRound[]): string {
  const summary = summaryOf(ledger, allFaults);
  const sum = (of: (each: KindSummary) => number) => summary.reduce((total, each) => total + of(each), 0);
  const list = (of: (round: PlayedRound) => string | undefined): string =>
    [...Map.groupBy(ledger, of)]
      .filter(([what]) => what !== undefined)
      .map(([what, rounds]) => `- ${total(rounds)} faults: ${what}`)
      .join("\n");
  const found = list(({ mended }) => mended);
  const voided = list(({ verdict, complaints }) => (verdict === "void" ? complaints.join(" ") : undefined));
  const rows = summary.map(
    ({ kind, what, quota, held, broken }) =>
      `| ${kind} | ${what} | ${held + broken} | ${quota} | ${broken} |`,
  );
  const chosen = namedTests.map(({ fault, file, title }) => `| ${fault} | \`test/${file}\`: ${title} |`);
  return `# Reliability

Written by \`make chaos\` from its ledger; do not edit. Each fault acts from outside on real parts (operator, API server, etcd, sshd, sbatch, slurmctld, slurmdbd) while submissions of thirteen sorts
(good, failing, killed by a signal, arrays, Python, dependent, retried, arrays of which failed tasks are retried, edited, held, cancelled, deleted, deleted and created again) are on their way to two Slurm clusters, 22.05 and 24.11. A fault counts only if it hit
something. After each round of some sixty faults an oracle that shares no code with the operator compares what was reported with the scripts' own marks and with Slurm: everything ran exactly once,
was run again only after a run that had failed and no oftener than asked,
every end is told as it was, cancelled and deleted means over, nothing lives that nobody waits for, and all has come to its end within four minutes. A fault is _broken_ when anything of its round was not so.

**${sum(({ held, broken }) => held + broken)} faults, ${sum(({ broken }) => broken)} of them in rounds with a complaint.**

| fault | what is done | so far | quota | broken |
| --- | --- | --- | --- | --- |
${rows.join("\n")}
| all | | ${sum(({ held, broken }) => held + broken)} | ${sum(({ quota }) => quota)} | ${sum(({ broken }) => broken)} |

## At a chosen place

What is drawn hits wherever it does. These are tests of \`make test\`, which play a fault at the same place each time:

| fault | test, by how its title begins |
| --- | --- |
${chosen.join("\n")}

${found === "" ? "" : `## Found and mended\n\n${found}\n`}
${voided === "" ? "" : `## Not counted\n\nWhat was complained of was of the suite's own making:\n\n${voided}\n`}
## Again

\`make chaos FAULTS=200\` adds to the totals; the ledger is kept in \`\${BATCHWRIGHT_CACHE:-~/.cache/batchwright}/chaos\`, with a copy in \`test/chaos/ledger.jsonl\`. \`BATCHWRIGHT_SEED=n BATCHWRIGHT_LEDGER=m\` plans a run of the table below again: the same kinds in the same order;
which byte or request meets which life is up to the machine. \`node test/chaos/main.ts 50 "ssh cut"\` takes only kinds with these words.

| seed | ledger | commit | day | rounds | faults |
| --- | --- | --- | --- | --- | --- |
${runsIn(ledger).join("\n")}
`;
}

const total = (rounds: readonly PlayedRound[]): number =>
  rounds.reduce((sum, round) => sum + faultsIn(round), 0);

function runsIn(ledger: readonly PlayedRound[]): readonly string[] {
  return [...Map.groupBy(ledger, ({ seed }) => seed)].map(([seed, rounds]) => {
    const [first] = rounds;
    const begun = ledger.findIndex((round) => round.seed === seed);
    const [name, count] = seed === undefined ? ["only their sums are on record", ""] : [seed, rounds.length];
    return `| ${name} | ${begun} | ${first?.commit ?? ""} | ${first?.at.slice(0, 10) ?? ""} | ${count} | ${total(rounds)} |`;
  });
}
