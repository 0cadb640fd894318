import { releases } from "../options/release.ts";
import type { Release } from "../options/release.ts";
import { readForeignDirectives } from "./foreign-directives.ts";
import { afterCommandWarnings, nearDirectiveWarnings } from "./line-warnings.ts";
import { optionErrors } from "./option-set-errors.ts";
import { repetitionWarnings } from "./option-warnings.ts";
import { unitedReading } from "./release-differences.ts";
import { readSbatchDirectives } from "./sbatch-directives.ts";
import type { ScriptOption, ScriptReading } from "./script-reading.ts";
import { checkScriptText } from "./script-text.ts";

/** Beyond this, one more finding helps nobody, and a status must stay small. */
const mostFindings = 50;

export interface ReadOptions {
  /** The release that will read the script. Without it an error is what all known releases refuse, and where they differ is a warning. */
  readonly release?: Release | undefined;
  /** Slurm's own name of the target cluster: `--clusters` may name it and no other. Without it, any name passes. */
  readonly clusterName?: string | undefined;
}

/**
 * What sbatch makes of a batch script: its options in the order in which sbatch applies them, why it would refuse the script, and what it silently
 * ignores or takes otherwise than it looks. Pure, and it never throws for a script: everything that is wrong with one is in `errors`.
 * Source: measured on 22.05 and 24.11; test/integration/sbatch-reading compares with the real sbatch.
 */
export function readScript(script: string | Uint8Array, options: ReadOptions = {}): ScriptReading {
  const checked = checkScriptText(script);
  if (checked.is === "refused") {
    return { options: [], components: 1, lines: [], errors: checked.errors, warnings: [] };
  }
  const lines = checked.text.replace(/\n$/u, "").split("\n");
  const read = (release: Release): ScriptReading => readLines(lines, release, options.clusterName);
  const reading =
    options.release === undefined
      ? unitedReading(releases.map((release) => [release, read(release)]))
      : read(options.release);
  return {
    ...reading,
    errors: firstOf([...checked.errors, ...reading.errors]),
    warnings: firstOf(reading.warnings),
  };
}

function readLines(
  lines: readonly string[],
  release: Release,
  clusterName: string | undefined,
): ScriptReading {
  const own = readSbatchDirectives(lines, release);
  const foreign = readForeignDirectives({ lines, release, components: readingForeign(own.components) });
  const options = [...own.components.flat(), ...foreign.options];
  return {
    options,
    components: own.components.length,
    lines: [...own.cut.lines, ...foreign.lines],
    errors: [...own.errors, ...foreign.errors, ...optionErrors(options, { release, clusterName })],
    warnings: [
      ...own.warnings,
      ...nearDirectiveWarnings(lines.slice(0, own.cut.end)),
      ...afterCommandWarnings(lines, own.cut.end),
      ...foreign.warnings,
      ...repetitionWarnings(options),
    ],
  };
}

/** The components for which sbatch reads foreign directives: once said, --ignore-pbs holds for those that follow too. */
function readingForeign(
  components: readonly (readonly ScriptOption[])[],
): readonly (readonly ScriptOption[])[] {
  const ignoring = components.findIndex((said) => said.some(({ name }) => name === "ignore-pbs"));
  return ignoring < 0 ? components : components.slice(0, ignoring);
}

function firstOf<Finding extends { readonly line: number; readonly column: number }>(
  findings: readonly Finding[],
): readonly Finding[] {
  return findings.toSorted((a, b) => a.line - b.line || a.column - b.column).slice(0, mostFindings);
}
