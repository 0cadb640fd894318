import type { ScriptOption, ScriptReading, SourceLine } from "../script/script-reading.ts";
import type { Component } from "./component-options.ts";
import type { OptionSetting } from "./option-groups.ts";
import { formatDirective, formatDirectiveWord } from "./option-text.ts";

/**
 * The directive lines of the launcher: of each component first the generated ones, then the author's. Those stay verbatim, so that Slurm reads what
 * the author wrote, except where a replaced option stands: such a line is written anew with what is left of it.
 */
export function launcherDirectives(script: ScriptReading, components: readonly Component[]): string[] {
  const changes = new Map(components.flatMap(({ changes }) => [...changes]));
  const foreignChanged = [...changes.keys()].some(({ kind }) => kind !== "#SBATCH");
  const foreign = (component: number): string[] =>
    foreignChanged ? foreignAsDirectives(script, component, changes) : [];
  // Where lines are added at the end, no earlier one may end the options.
  const touched = touchedLines(script, changes, foreignChanged ? script.lines.filter(endsOptions) : []);
  const lines = (components[0]?.generated ?? []).map(formatDirective);
  const own = script.lines.filter(({ kind }) => kind === "#SBATCH");
  const last = script.components - 1;
  for (const line of own) {
    if (line.isSeparator) {
      lines.push(...foreign(line.component - 1), line.text);
      lines.push(...(components[line.component]?.generated ?? []).map(formatDirective));
    } else if (touched.has(line.line)) {
      lines.push(...rewritten(line, script, changes));
    } else {
      lines.push(line.text);
    }
  }
  lines.push(...foreign(last));
  const others = script.lines.filter(({ kind }) => kind !== "#SBATCH");
  return [...lines, ...(foreignChanged ? umask(others) : others.map(({ text }) => text))];
}

type Changes = ReadonlyMap<ScriptOption, OptionSetting | undefined>;

/** Lines that hold a changed option, and those that such a line shares an option with (`#SBATCH -J`, next line `#SBATCH name`). */
function touchedLines(
  script: ScriptReading,
  changes: Changes,
  more: readonly SourceLine[],
): ReadonlySet<number> {
  const touched = new Set(more.map(({ line }) => line));
  const touch = (option: ScriptOption): void => option.words.forEach((word) => touched.add(word.line));
  [...changes.keys()].filter(({ kind }) => kind === "#SBATCH").forEach(touch);
  const spread = script.options.filter(
    ({ kind, words }) => kind === "#SBATCH" && words.some(({ line }) => line !== words[0]?.line),
  );
  // Such options chain from line to line in order, so two sweeps, down and up, reach all.
  for (const option of [...spread, ...spread.toReversed()]) {
    if (option.words.some((word) => touched.has(word.line))) touch(option);
  }
  return touched;
}

/** What is left of a line: one line with its remaining options, or none. */
function rewritten(line: SourceLine, script: ScriptReading, changes: Changes): string[] {
  const words = script.options
    .filter((option) => option.kind === "#SBATCH" && option.line === line.line)
    .map((option) => leftOf(option, changes))
    .filter((option) => option !== undefined)
    .map(formatDirectiveWord);
  return words.length === 0 ? [] : [`#SBATCH ${words.join(" ")}`];
}

/**
 * When a `#PBS` or `#BSUB` option was replaced, all of them are said as `#SBATCH` at the end of each component: there they win, as they would have.
 */
function foreignAsDirectives(script: ScriptReading, component: number, changes: Changes): string[] {
  return script.options
    .filter((option) => option.kind !== "#SBATCH" && option.component === component)
    .map((option) => leftOf(option, changes))
    .filter((option) => option !== undefined)
    .map(formatDirective);
}

const leftOf = (option: ScriptOption, changes: Changes): OptionSetting | undefined =>
  changes.has(option) ? changes.get(option) : option;

/** No option of sbatch stands for this one of PBS. */
function umask(lines: readonly SourceLine[]): string[] {
  const masks = lines.map(({ text }) => /-W\s*["']?umask=(?<mask>\w+)/iu.exec(text)?.groups?.["mask"]);
  const last = masks.findLast((mask) => mask !== undefined);
  return last === undefined ? [] : [`#PBS -W umask=${last}`];
}

/** A `--` at the end of a line ends all options; words that follow would be refused. */
function endsOptions(line: SourceLine): boolean {
  return /\s--(?:\s|#|$)/u.test(line.text);
}
