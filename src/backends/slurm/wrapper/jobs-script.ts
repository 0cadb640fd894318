import { layout } from "../../../core/slurm/launcher/layout.ts";
import { shellWord } from "../../../core/slurm/launcher/shell-word.ts";
import { script, type Script } from "./script.ts";

export type JobsVerb = "find" | "cancel" | "hold" | "release";

/** On `$ids` at once, or on each `$id`: of those that are held one may have started since, which is no news of the others. */
const actions: Record<
  JobsVerb,
  { readonly states: string; readonly all: string } | { readonly each: string }
> = {
  find: { states: "", all: ":" },
  cancel: { states: "", all: "scancel $ids" },
  hold: { each: 'scontrol hold "$id"' },
  release: { each: 'scontrol release "$id"' },
};

/**
 * Finds the live jobs of the tokens by their Command, which nobody can change, and acts on them, in one command: an id that was looked up
 * earlier may belong to somebody else by now, rule 8 (CANCEL_IN_ONE). `find` only tells. Answers: `signalled TOKEN ID` or
 * `refused TOKEN ID TEXT` for each, then `done`; or `failed CODE TEXT`.
 */
export function jobsScript(install: string, tokens: readonly string[], verb: JobsVerb): Script {
  const folder = install.slice(install.lastIndexOf("/") + 1);
  const action = actions[verb];
  const states = "each" in action ? "-t PD" : action.states;
  return script(() => [
    // Hidden partitions too, and no other cluster of a federation: ids mean nothing there.
    `if ! rows=$(squeue -h -a --local -u "$(id -un)" ${states} -o '%F %o' 2>&1); then`,
    `  say "failed 1 $(word "squeue: $rows")"`,
    "else",
    `  found=$(printf '%s\\n' "$rows" | awk -v folder=${shellWord(folder)} -v tokens=${shellWord(tokens.join(" "))} '`,
    ...awk,
    "  ')",
    `  ids=$(printf '%s\\n' "$found" | awk '{ printf "%s%s", (NR > 1 ? " " : ""), $2 }')`,
    `  if [ -z "$ids" ]; then`,
    "    say done",
    ...("each" in action ? onEach(action.each) : onAll(action.all, verb)),
    "  fi",
    "fi",
  ]);
}

const onAll = (command: string, verb: JobsVerb): readonly string[] => [
  `  elif text=$(${command} 2>&1); then`,
  `    printf '%s\\n' "$found" | while read -r token id; do say "signalled $token $id"; done`,
  "    say done",
  "  else",
  `    say "failed $? $(word "${verb} of $ids: $text")"`,
];

const onEach = (command: string): readonly string[] => [
  "  else",
  `    printf '%s\\n' "$found" | while read -r token id; do`,
  `      if text=$(${command} 2>&1); then say "signalled $token $id"; else say "refused $token $id $(word "$text")"; fi`,
  "    done",
  "    say done",
];

/** Prints TOKEN ID once for each job (%F: of an array, the whole) whose Command ends in folder/TOKEN/batch.sh. */
const awk = [
  `    BEGIN { count = split(tokens, list, " "); for (i = 1; i <= count; i++) wanted[list[i]] = 1 }`,
  "    {",
  `      id = $1; sub(/^[^ ]+ /, ""); depth = split($0, part, "/")`,
  `      if (depth > 2 && part[depth] == "${layout.script}" && part[depth - 2] == folder && (part[depth - 1] in wanted) && !seen[id]++)`,
  `        print part[depth - 1], id`,
  "    }",
];
