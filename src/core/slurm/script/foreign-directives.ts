import { DirectiveError } from "../directive-error.ts";
import { isCarried } from "../options/carried-options.ts";
import { canonicalName } from "../options/option-table.ts";
import type { Release } from "../options/release.ts";
import { bsubOptions, replaceCwd } from "./bsub-options.ts";
import { cutForeignLines } from "./directive-lines.ts";
import type { CutScript } from "./directive-lines.ts";
import type { ReadingError, ReadingWarning } from "./finding.ts";
import type { ForeignOption, Setting } from "./foreign-options.ts";
import { errorAt, parseError } from "./option-errors.ts";
import { parseOptionWords } from "./option-words.ts";
import type { Parsed } from "./option-words.ts";
import { pbsOptions } from "./pbs-options.ts";
import type { DirectiveKind, ScriptOption, SourceLine } from "./script-reading.ts";

/** What `#PBS` or `#BSUB` lines say in sbatch's terms. */
export interface ForeignReading {
  readonly lines: readonly SourceLine[];
  readonly options: readonly ScriptOption[];
  readonly errors: readonly ReadingError[];
  readonly warnings: readonly ReadingWarning[];
}

interface Context {
  readonly lines: readonly string[];
  readonly release: Release;
  /** What each component says in `#SBATCH` lines: some foreign options add to it. None, where foreign directives are not read. */
  readonly components: readonly (readonly ScriptOption[])[];
}

/** sbatch looks for `#BSUB` first, and for `#PBS` only where there is none. */
export function readForeignDirectives(context: Context): ForeignReading {
  if (context.components.length === 0) return { lines: [], options: [], errors: [], warnings: [] };
  const bsub = cutForeignLines(context.lines, "#BSUB", context.release);
  const pbs = cutForeignLines(context.lines, "#PBS", context.release);
  if (bsub.lines.length > 0) {
    const reading = translate(bsub, { kind: "#BSUB", forms: bsubOptions, context });
    return { ...reading, warnings: [...reading.warnings, ...ignoredPbs(pbs)] };
  }
  return translate(pbs, { kind: "#PBS", forms: pbsOptions(context.release), context });
}

function translate(
  cut: CutScript,
  { kind, forms, context }: { kind: DirectiveKind; forms: readonly ForeignOption[]; context: Context },
): ForeignReading {
  const words = cut.components[0] ?? [];
  const parsed = parseOptionWords(kind === "#BSUB" ? replaceCwd(words) : words, forms);
  const errors: ReadingError[] = [...cut.errors];
  const options: ScriptOption[] = [];
  for (const item of parsed) if (item.is !== "option") errors.push(parseError(item, { kind, forms }));
  let before: readonly ScriptOption[] = [];
  for (const [component, said] of context.components.entries()) {
    const inherited = [...before.filter(({ name }) => isCarried(name)), ...said];
    const all = [...inherited];
    for (const item of parsed) {
      if (item.is !== "option") continue;
      const meaning = meaningOf(item, kind, all);
      if ("code" in meaning) {
        if (component === 0) errors.push(meaning);
        continue;
      }
      all.push(...meaning.settings.map((setting) => optionOf(setting, { item, component, kind })));
    }
    options.push(...all.slice(inherited.length));
    before = all;
  }
  return { lines: cut.lines, options, errors, warnings: [...cut.warnings, ...honoured(cut, kind)] };
}

type ForeignItem = Extract<Parsed<ForeignOption>, { is: "option" }>;

function meaningOf(
  item: ForeignItem,
  kind: DirectiveKind,
  said: readonly ScriptOption[],
): { readonly settings: readonly Setting[] } | ReadingError {
  try {
    const current = (name: string): string | undefined =>
      said.findLast((option) => option.name === name)?.value;
    return { settings: item.form.translate(item.value ?? "", current) };
  } catch (error) {
    if (!(error instanceof DirectiveError)) throw error;
    return errorAt(item.words, "BadValue", `${kind} ${item.as}: ${error.message}`);
  }
}

function optionOf(
  setting: Setting,
  from: { readonly item: ForeignItem; readonly component: number; readonly kind: DirectiveKind },
): ScriptOption {
  const { words } = from.item;
  return {
    name: canonicalName(setting.name),
    value: setting.value,
    line: words[0]?.line ?? 1,
    column: words[0]?.column ?? 1,
    text: words.map((word) => word.written).join(" "),
    words,
    component: from.component,
    kind: from.kind,
  };
}

/** One warning for all of them: their being read at all is what surprises. */
function honoured(cut: CutScript, kind: DirectiveKind): ReadingWarning[] {
  const first = cut.lines[0];
  if (first === undefined) return [];
  return [
    {
      line: first.line,
      column: 1,
      code: "ForeignDirective",
      message: `sbatch reads ${kind} lines too, after all #SBATCH lines: write them as #SBATCH, or add #SBATCH --ignore-pbs`,
    },
  ];
}

function ignoredPbs(pbs: CutScript): ReadingWarning[] {
  const first = pbs.lines[0];
  if (first === undefined) return [];
  return [
    {
      line: first.line,
      column: 1,
      code: "ForeignDirective",
      message: "sbatch ignores #PBS lines where there are #BSUB lines: write them as #SBATCH",
    },
  ];
}
