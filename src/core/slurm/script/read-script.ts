import { isCarried } from "../options/carried-options.ts";
import { excludingOptions } from "../options/excluding-options.ts";
import { canonicalName, optionsOf } from "../options/option-table.ts";
import type { OptionName, OptionRow } from "../options/option-table.ts";
import { releases } from "../options/release.ts";
import type { Release } from "../options/release.ts";
import { commandLineEffect, reservationOf } from "../options/reserved-options.ts";
import { cutSbatchLines } from "./directive-lines.ts";
import type { ReadingError, ReadingWarning } from "./finding.ts";
import { readForeignDirectives } from "./foreign-directives.ts";
import { afterCommandWarnings, nearDirectiveWarnings } from "./line-warnings.ts";
import { errorAt, parseError, valueError } from "./option-errors.ts";
import { optionWarnings, repetitionWarnings } from "./option-warnings.ts";
import { parseOptionWords } from "./option-words.ts";
import type { Parsed } from "./option-words.ts";
import { pbsOptions } from "./pbs-options.ts";
import { unitedReading } from "./release-differences.ts";
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
  const cut = cutSbatchLines(lines, release);
  const errors: ReadingError[] = [...cut.errors];
  const broken = new Set<number | undefined>(cut.errors.map(({ line }) => line));
  const warnings: ReadingWarning[] = [
    ...cut.warnings,
    ...nearDirectiveWarnings(lines.slice(0, cut.end)),
    ...afterCommandWarnings(lines, cut.end),
  ];
  const own: ScriptOption[][] = [];
  for (const [component, words] of cut.components.entries()) {
    const said: ScriptOption[] = [];
    own.push(said);
    const forms = optionsOf(release);
    for (const item of parseOptionWords(words, forms)) {
      if (item.is !== "option") {
        // A line that could not be cut lacks the argument for that reason.
        const isConsequence = item.is === "noArgument" && broken.has(item.words[0]?.line);
        if (!isConsequence) errors.push(parseError(item, { kind: "#SBATCH", forms }));
        continue;
      }
      const option = toOption(item, component);
      warnings.push(...optionWarnings(option, item.as));
      const effect = commandLineEffect(option.name);
      if (effect === undefined) said.push(option);
      else warnings.push(ignoredWarning(option, effect));
    }
  }
  // Once said, --ignore-pbs holds for the components that follow too.
  const ignoring = own.findIndex((said) => said.some(({ name }) => name === "ignore-pbs"));
  const foreign =
    ignoring === 0
      ? undefined
      : readForeignDirectives({
          lines,
          release,
          components: own.slice(0, ignoring < 0 ? undefined : ignoring),
          pbsOptions,
        });
  const options = [...own.flat(), ...(foreign?.options ?? [])];
  errors.push(...(foreign?.errors ?? []), ...optionErrors(options, release, clusterName));
  warnings.push(...(foreign?.warnings ?? []), ...repetitionWarnings(options));
  return {
    options,
    components: own.length,
    lines: [...cut.lines, ...(foreign?.cut.lines ?? [])],
    errors,
    warnings,
  };
}

function toOption(
  item: Extract<Parsed<OptionRow<OptionName>>, { is: "option" }>,
  component: number,
): ScriptOption {
  const [first] = item.words;
  return {
    name: canonicalName(item.form.name),
    // An empty optional argument is none: `--nice=` is `--nice`.
    value: item.form.argument === "optional" && item.value === "" ? undefined : item.value,
    line: first?.line ?? 1,
    column: first?.column ?? 1,
    text: item.words.map((word) => word.written).join(" "),
    words: item.words,
    component,
    kind: "#SBATCH",
  };
}

function optionErrors(
  options: readonly ScriptOption[],
  release: Release,
  clusterName: string | undefined,
): ReadingError[] {
  const errors: ReadingError[] = [];
  const rows = new Map(optionsOf(release).map((row) => [row.name, row]));
  for (const option of options) {
    const row = rows.get(option.name);
    const bad = row === undefined ? undefined : valueError({ ...option, row }, release);
    if (bad !== undefined && !isRepeatOfComponent(option, options)) errors.push(bad);
    const why = reservationOf(option, clusterName);
    if (why !== undefined) {
      errors.push({
        ...errorAt(option.words, "ReservedOption", `--${option.name} ${why}`),
        by: "Batchwright",
      });
    }
  }
  return [...errors, ...exclusionErrors(options, release)];
}

function exclusionErrors(options: readonly ScriptOption[], release: Release): ReadingError[] {
  const components = Map.groupBy(options, ({ component }) => component);
  let asked = new Map<OptionName, ScriptOption>();
  return [...components.entries()]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([, said]) => {
      asked = new Map([...asked].filter(([name]) => isCarried(name)));
      for (const option of said) asked.set(option.name, option);
      const together = excludingOptions(asked.values(), release);
      if (together === undefined) return [];
      const latest = said.findLast(({ name }) => together.includes(name)) ?? said[0];
      return [
        errorAt(
          latest?.words ?? [],
          "ExcludingOptions",
          `${together.map((name) => `--${name}`).join(" and ")} exclude each other, and sbatch refuses the script: keep one`,
        ),
      ];
    });
}

/** A `#PBS` option holds for each component; its error is told once. */
function isRepeatOfComponent(option: ScriptOption, options: readonly ScriptOption[]): boolean {
  return (
    option.kind !== "#SBATCH" &&
    option.component > 0 &&
    options.some(
      (other) => other.component === 0 && other.words === option.words && other.value === option.value,
    )
  );
}

function ignoredWarning(option: ScriptOption, effect: string): ReadingWarning {
  return {
    line: option.line,
    column: option.column,
    code: "OptionIgnored",
    message: `sbatch ignores --${option.name} in a script (on the command line it ${effect}): remove it`,
  };
}

function firstOf<Finding extends { readonly line: number; readonly column: number }>(
  findings: readonly Finding[],
): readonly Finding[] {
  return findings.toSorted((a, b) => a.line - b.line || a.column - b.column).slice(0, mostFindings);
}
