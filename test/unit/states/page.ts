import { format, resolveConfig } from "prettier";
import { rowOf, type StateId, stateIds } from "../../e2e/states/table.ts";
import { shownBy } from "./shown.ts";

const head = `# States

What Slurm shows of a job, and what its submission then says. A word that is not an end never becomes one by itself: what looks like an end counts only once the job can not start again ([rule 9](dispatch.md)).

\`status.state\` is Slurm's base state, \`status.flags\` what rides on it, \`status.reason\` Slurm's reason, also in plain words. The conditions carry the reason, and the message of which a part is shown here; [troubleshooting](troubleshooting.md) explains each.

`;

const foot = `
LAUNCH_FAILED, RECONFIG_FAIL, GETENV_FAILED and UPDATE_DB ride on any of these and change nothing of it.

**Shown by** names the test that brings a job there on Slurm 22.05 and on 24.11: in [\`states.test.ts\`](../test/e2e/states.test.ts), or in [\`endings.test.ts\`](../test/e2e/endings.test.ts) where it says so. **Rows** are not to be had from the lab's Slurm at will: other releases, federations, burst buffers, states that pass within a
moment. For them the same decision is made on rows as Slurm writes them ([\`recorded-rows.test.ts\`](../test/unit/states/recorded-rows.test.ts)). This page is written from the tests' own table ([\`test/e2e/states\`](../test/e2e/states)); a test fails when the two differ.

**Who is believed.** The script's own end goes before Slurm's word where the two can both be true: a job of which a node failed after its script had ended with 0 is COMPLETED. A script that was told to stop (time limit, preemption, cancel) and then ended with 0 was cut short, and Slurm's word stands. A step that failed, or ran out of memory, in a
script that ended with 0 is the script's business: the job is COMPLETED, as Slurm says, and accounting shows the step (\`sacct -j ID -o jobid,state,derivedexitcode\`).

**Ends that are none.** A job that ends and is started again, by its site's rules (\`RequeueExit\`), by an admin or by itself, before Batchwright has looked, is followed to the end of its last run. Once an end is told it stays: the job may be started again, and then ends at once, with nothing of the script's run ([rule 9](dispatch.md)).
`;

const cells = (id: StateId): readonly string[] => {
  const row = rowOf(id);
  const shown = shownBy(id);
  return [
    row.slurm,
    row.when,
    row.phase,
    id === "unknown" ? "as before" : (row.state ?? "none"),
    `\`${row.reason}\`: ${row.says.map((part) => `"${part}"`).join(" … ")}`,
    row.todo,
    shown.on === "rows"
      ? "rows"
      : `${shown.title}${shown.file === "states.test.ts" ? "" : ` (${shown.file})`}`,
  ];
};

const tableOf = (ids: readonly StateId[]): string =>
  [
    ["Slurm shows", "when", "phase", "state", "reason and message", "what to do", "shown by"],
    Array.from({ length: 7 }, () => "---"),
    ...ids.map(cells),
  ]
    .map((row) => `| ${row.join(" | ")} |\n`)
    .join("");

/** docs/states.md as the table has it. */
export async function statesPage(path: string): Promise<string> {
  const isLife = (id: StateId) => rowOf(id).phase === "Submitted";
  const text = [
    head,
    "## While it lives\n\n",
    tableOf(stateIds.filter(isLife)),
    "\n## How it ends\n\n",
    tableOf(stateIds.filter((id) => !isLife(id))),
    foot,
  ].join("");
  return format(text, { ...(await resolveConfig(path)), parser: "markdown" });
}
