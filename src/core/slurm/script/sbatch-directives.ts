import { canonicalName, optionsOf } from "../options/option-table.ts";
import type { OptionName, OptionRow } from "../options/option-table.ts";
import type { Release } from "../options/release.ts";
import { commandLineEffect } from "../options/reserved-options.ts";
import { cutSbatchLines } from "./directive-lines.ts";
import type { CutScript } from "./directive-lines.ts";
import type { ReadingError, ReadingWarning } from "./finding.ts";
import { parseError } from "./option-errors.ts";
import { optionWarnings } from "./option-warnings.ts";
import { parseOptionWords } from "./option-words.ts";
import type { Parsed } from "./option-words.ts";
import type { ScriptOption } from "./script-reading.ts";

/** What the `#SBATCH` lines say. */
export interface SbatchReading {
  readonly cut: CutScript;
  /** The options of each component, without those that sbatch ignores in a script. */
  readonly components: readonly (readonly ScriptOption[])[];
  readonly errors: readonly ReadingError[];
  readonly warnings: readonly ReadingWarning[];
}

export function readSbatchDirectives(lines: readonly string[], release: Release): SbatchReading {
  const cut = cutSbatchLines(lines, release);
  const forms = optionsOf(release);
  const errors: ReadingError[] = [...cut.errors];
  const warnings: ReadingWarning[] = [...cut.warnings];
  const broken = new Set<number | undefined>(cut.errors.map(({ line }) => line));
  const components = cut.components.map((words, component) => {
    const said: ScriptOption[] = [];
    for (const item of parseOptionWords(words, forms)) {
      if (item.is === "option") {
        const option = toOption(item, component);
        const effect = commandLineEffect(option.name);
        if (effect === undefined) said.push(option);
        else warnings.push(ignoredWarning(option, effect));
        warnings.push(...optionWarnings(option, item.as));
      } else if (item.is !== "noArgument" || !broken.has(item.words[0]?.line)) {
        // A line that could not be cut lacks the argument for that reason.
        errors.push(parseError(item, { kind: "#SBATCH", forms }));
      }
    }
    return said;
  });
  return { cut, components, errors, warnings };
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

function ignoredWarning(option: ScriptOption, effect: string): ReadingWarning {
  return {
    line: option.line,
    column: option.column,
    code: "OptionIgnored",
    message: `sbatch ignores --${option.name} in a script (on the command line it ${effect}): remove it`,
  };
}
