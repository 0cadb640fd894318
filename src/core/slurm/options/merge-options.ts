import type { ScriptOption, ScriptReading } from "../script/script-reading.ts";
import { mergeComponent } from "./component-options.ts";
import type { Claim, Component } from "./component-options.ts";
import { launcherDirectives } from "./launcher-directives.ts";
import type { LevelledOptions, MergedOptions } from "./option-levels.ts";
import { formatWord } from "./option-text.ts";
import { settleOptions } from "./settled-options.ts";

export type { EffectiveOption, LevelledOptions, MergedOptions, ReplacedOption } from "./option-levels.ts";

/**
 * Merges what all levels ask for. A higher level replaces an option, and with it every option of the groups that it belongs to. What is replaced is
 * not sent at all, be it a generated line or the author's: so nothing depends on how sbatch adds up, and it never sees two options that it would
 * refuse together. The author's lines stay verbatim unless they hold a replaced option.
 * @throws DirectiveError for an option or a value that Batchwright never sends (a control character, a reserved option)
 */
export function mergeOptions(levels: LevelledOptions): MergedOptions {
  const submission = settleOptions(levels.submission.set).map((option): Claim => ({
    ...option,
    from: "Submission",
  }));
  const script = unlessForeignIgnored(levels);
  const components: Component[] = [];
  for (let index = 0; index < script.components; index += 1) {
    components.push(mergeComponent({ index, before: components.at(-1), script, levels, submission }));
  }
  return {
    effective: components.flatMap(({ claims }, component) =>
      claims.map(({ name, value, from }) => ({ option: name, value: value ?? "", from, component })),
    ),
    replaced: components.flatMap(({ replaced }) => replaced),
    directives: launcherDirectives(script, components),
    words: submission.map(formatWord),
  };
}

/** `--ignore-pbs` may come from any level, and then sbatch reads no `#PBS` and `#BSUB` lines. */
function unlessForeignIgnored(levels: LevelledOptions): ScriptReading {
  const { cluster, resources, script, submission } = levels;
  const asked = [...cluster.set, ...resources.set, ...submission.set];
  if (!asked.some(({ name }) => name === "ignore-pbs")) return script;
  const isOwn = ({ kind }: { readonly kind: ScriptOption["kind"] }): boolean => kind === "#SBATCH";
  return { ...script, options: script.options.filter(isOwn), lines: script.lines.filter(isOwn) };
}
