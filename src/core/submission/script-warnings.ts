import { scriptReasons } from "../jobscript/reasons.ts";
import { describeFinding } from "../slurm/script/finding.ts";
import { cut } from "../status/conditions.ts";
import type { Prepared } from "./prepared.ts";
import type { Note } from "./step.ts";

/** An event holds 1 kB, and what stands behind the first warning must still fit. */
const longestFirst = 500;

/** What whoever submits a script should know of it: its own status and events are seen by whoever wrote it. */
export function warningNotes({ script, warnings }: Pick<Prepared, "script" | "warnings">): Note[] {
  const [first] = warnings;
  if (first === undefined) return [];
  const count = warnings.length === 1 ? "a warning" : `${warnings.length} warnings, the first`;
  const message = `JobScript "${script.name}" has ${count}: ${cut(describeFinding(first.file, first), longestFirst)}; see kubectl describe jobscript ${script.name}`;
  return [{ type: "Warning", reason: scriptReasons.warnings, action: "Dispatch", message }];
}
