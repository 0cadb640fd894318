import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { format } from "prettier";
import type { Fault } from "./fault.ts";
import { allFaults } from "./kinds/all.ts";
import type { Entry } from "./ledger.ts";

export interface KindSummary {
  readonly kind: string;
  readonly what: string;
  readonly quota: number;
  readonly held: number;
  readonly broken: number;
}

export function summaryOf(ledger: readonly Entry[], faults: readonly Fault[]): readonly KindSummary[] {
  const byKind = Map.groupBy(ledger, ({ kind }) => kind);
  return faults.map(({ kind, what, quota }) => {
    const entries = (byKind.get(kind) ?? []).filter(({ verdict }) => verdict !== "void");
    const held = entries.filter(({ verdict }) => verdict === "held").length;
    return { kind, what, quota, held, broken: entries.length - held };
  });
}

const page = join(import.meta.dirname, "../../docs/reliability.md");

/** Writes docs/reliability.md: what was broken how often, and what came of it. */
export async function writeReport(ledger: readonly Entry[]): Promise<void> {
  const summary = summaryOf(ledger, allFaults);
  const sum = (of: (each: KindSummary) => number) => summary.reduce((total, each) => total + of(each), 0);
  const seeds = [...Map.groupBy(ledger, ({ seed }) => seed)].map(([seed, entries]) => {
    const rounds = new Set(entries.map(({ round }) => round)).size;
    const begun = ledger.findIndex((entry) => entry.seed === seed);
    return `| ${seed} | ${begun} | ${entries[0]?.commit ?? ""} | ${entries[0]?.at.slice(0, 10) ?? ""} | ${rounds} | ${entries.length} |`;
  });
  const list = (of: (entry: Entry) => string | undefined): string =>
    [...Map.groupBy(ledger, of)]
      .filter(([what]) => what !== undefined)
      .map(([what, entries]) => `- ${entries.length} faults: ${what}`)
      .join("\n");
  const found = list(({ mended }) => mended);
  const voided = list(({ verdict, complaints }) => (verdict === "void" ? complaints.join(" ") : undefined));
  const rows = summary.map(
    ({ kind, what, quota, held, broken }) =>
      `| ${kind} | ${what} | ${held + broken} | ${quota} | ${broken} |`,
  );
  const text = `# Reliability

Written by \`make chaos\` from its ledger; do not edit. Each fault acts from outside on real parts (operator, API server, etcd, sshd, sbatch, slurmctld, slurmdbd) while submissions of ten sorts
(good, failing, killed by a signal, arrays, Python, dependent, held, cancelled, deleted, deleted and created again) are on their way to two Slurm clusters, 22.05 and 24.11. A fault counts only if it hit
something. After each round of some sixty faults an oracle that shares no code with the operator compares what was reported with the scripts' own marks and with Slurm: everything ran exactly once,
every end is told as it was, cancelled and deleted means over, nothing lives that nobody waits for, and all has come to its end within four minutes. A fault is _broken_ when anything of its round was not so.

**${sum(({ held, broken }) => held + broken)} faults, ${sum(({ broken }) => broken)} of them in rounds with a complaint.**

| fault | what is done | so far | quota | broken |
| --- | --- | --- | --- | --- |
${rows.join("\n")}
| all | | ${sum(({ held, broken }) => held + broken)} | ${sum(({ quota }) => quota)} | ${sum(({ broken }) => broken)} |

${found === "" ? "" : `## Found and mended\n\n${found}\n`}
${voided === "" ? "" : `## Not counted\n\nWhat was complained of was of the suite's own making:\n\n${voided}\n`}
## Again

\`make chaos FAULTS=200\` adds to the totals; the ledger is kept in \`\${BATCHWRIGHT_CACHE:-~/.cache/batchwright}/chaos\`. \`BATCHWRIGHT_SEED=n BATCHWRIGHT_LEDGER=m\` plans a run of the table below again: the same kinds in the same order;
which byte or request meets which life is up to the machine. \`node test/chaos/main.ts 50 "ssh cut"\` takes only kinds with these words.

| seed | ledger | commit | day | rounds | faults |
| --- | --- | --- | --- | --- | --- |
${seeds.join("\n")}
`;
  await writeFile(page, await format(text, { parser: "markdown" }));
}
