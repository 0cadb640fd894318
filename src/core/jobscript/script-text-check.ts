import { cut } from "../status/conditions.ts";
import { describeFinding } from "../slurm/script/finding.ts";
import { readScript } from "../slurm/script/read-script.ts";
import type { ScriptReading } from "../slurm/script/script-reading.ts";
import { listWarnings } from "../template/findings.ts";
import { final, not, ok, type Outcome } from "../problem.ts";
import type { Finding } from "../../api/v1alpha1/finding.ts";
import type { JobScriptStatus } from "../../api/v1alpha1/job-script.ts";
import { scriptReasons } from "./reasons.ts";

/** What a status says of a script that sbatch takes. */
export interface ReadStatus {
  readonly directives: NonNullable<JobScriptStatus["directives"]>;
  readonly warnings: Finding[];
}

/** The bounds of `status.directives` in the API. */
const most = { directives: 128, value: 8192 };

/** Reads the entrypoint as sbatch will, of whichever release. Everything that it would refuse is told at once. */
export function checkScript(entrypoint: { name: string; text: string }): Outcome<ReadStatus> {
  const reading = readScript(entrypoint.text);
  if (reading.errors.length > 0) {
    const lines = reading.errors.map((error) => describeFinding(entrypoint.name, error));
    return not(final(scriptReasons.invalidScript, lines.join("\n")));
  }
  return ok({
    directives: listDirectives(reading),
    warnings: listWarnings(entrypoint.name, reading.warnings),
  });
}

const listDirectives = ({ options }: ScriptReading): ReadStatus["directives"] =>
  options.slice(0, most.directives).map(({ name, value, line }) => ({
    option: name,
    value: cut(value ?? "", most.value),
    line,
  }));
