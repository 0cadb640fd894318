import type { ScriptOption, ScriptReading } from "../script/script-reading.ts";
import { isCarried } from "./carried-options.ts";
import type { LevelledOptions, OptionLevel, ReplacedOption } from "./option-levels.ts";
import { remainderOf } from "./option-groups.ts";
import type { OptionSetting } from "./option-groups.ts";
import type { RequestedOptions } from "./requested-options.ts";
import { settleOptions } from "./settled-options.ts";

/** An option and who asks for it. */
export interface Claim extends OptionSetting {
  readonly from: OptionLevel;
}

/** One component of a job (the only one, unless it is heterogeneous) after the merge. */
export interface Component {
  /** All that holds for it. */
  readonly claims: readonly Claim[];
  /** Options for generated lines: of the levels below the text, and not taken over from the component before. */
  readonly generated: readonly OptionSetting[];
  /** The author's options that do not stay as they are, with what is left of each. */
  readonly changes: ReadonlyMap<ScriptOption, OptionSetting | undefined>;
  readonly replaced: readonly ReplacedOption[];
}

export function mergeComponent({
  index,
  before,
  script,
  levels,
  submission,
}: {
  readonly index: number;
  readonly before: Component | undefined;
  readonly script: ScriptReading;
  readonly levels: LevelledOptions;
  readonly submission: readonly Claim[];
}): Component {
  const replaced: ReplacedOption[] = [];
  const changes = new Map<ScriptOption, OptionSetting | undefined>();
  const above: Claim[] = [...submission, ...absences(levels.submission, "Submission")];
  const reduce = (claim: Claim): OptionSetting | undefined => {
    const { left, by } = reduction(claim, above);
    if (by !== undefined) {
      replaced.push({
        option: claim.name,
        value: claim.value ?? "",
        from: claim.from,
        component: index,
        by: { option: by.name, from: by.from },
      });
    }
    return left;
  };

  const carried = before?.claims.filter(({ name }) => isCarried(name)) ?? [];
  const authored: Claim[] = carried.filter(({ from }) => from === "Script");
  for (const option of script.options) {
    if (option.component !== index) continue;
    const claim: Claim = { name: option.name, value: option.value, from: "Script" };
    const left = reduce(claim);
    if (left !== claim) changes.set(option, left);
    if (left !== undefined) authored.push({ ...left, from: "Script" });
  }
  const kept = settleOptions(authored);
  above.push(...kept);

  const lower: Claim[] = [];
  for (const [from, level] of [
    ["Resources", levels.resources],
    ["Cluster", levels.cluster],
  ] as const) {
    const asked = settleOptions(level.set).map((option): Claim => ({ ...option, from }));
    const left = asked.map(reduce).filter((option) => option !== undefined);
    lower.unshift(...left.map((option): Claim => ({ ...option, from })));
    above.push(...asked, ...absences(level, from));
  }
  const inherited = new Set(carried.map(({ name }) => name));
  return {
    claims: [...lower, ...kept, ...submission],
    generated: lower.filter(({ name }) => !inherited.has(name)),
    changes,
    replaced,
  };
}

/** The wish for the absence of an option replaces like the option, and leaves nothing. */
function absences(level: RequestedOptions, from: OptionLevel): Claim[] {
  return level.without.map((name) => ({ name, value: undefined, from }));
}

function reduction(
  claim: Claim,
  above: readonly Claim[],
): { readonly left: OptionSetting | undefined; readonly by: Claim | undefined } {
  let left: OptionSetting = claim;
  let by: Claim | undefined;
  for (const higher of above) {
    const rest = remainderOf(left, higher);
    if (rest === left) continue;
    by ??= higher;
    if (rest === undefined) return { left: undefined, by };
    left = rest;
  }
  return { left, by };
}
