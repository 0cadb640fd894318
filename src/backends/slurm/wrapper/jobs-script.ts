import { layout } from "../../../core/slurm/launcher/layout.ts";
import { shellWord } from "../../../core/slurm/launcher/shell-word.ts";
import { script, type Script } from "./script.ts";

export type JobsVerb = "find" | "cancel" | "hold" | "release";

const actions: Record<JobsVerb, { readonly states: string; readonly command: string }> = {
  find: { states: "", command: ":" },
  cancel: { states: "", command: "scancel $ids" },
  hold: { states: "-t PD", command: 'scontrol hold "$(printf %s "$ids" | tr " " ,)"' },
  release: { states: "-t PD", command: 'scontrol release "$(printf %s "$ids" | tr " " ,)"' },
};

/**
 * Finds the live jobs of the tokens by their Command, which nobody can change, and acts on them, in one command: an id that was looked up
 * earlier may belong to somebody else by now. `find` only tells. Answers: `signalled TOKEN ID` for each, then `done`; or `failed CODE TEXT`.
 */
export function jobsScript(install: string, tokens: readonly string[], verb: JobsVerb): Script {
  const folder = install.slice(install.lastIndexOf("/") + 1);
  const { states, command } = actions[verb];
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
    `  elif text=$(${command} 2>&1); then`,
    `    printf '%s\\n' "$found" | while read -r token id; do say "signalled $token $id"; done`,
    "    say done",
    "  else",
    `    say "failed $? $(word "${verb} of $ids: $text")"`,
    "  fi",
    "fi",
  ]);
}

/** Prints TOKEN ID once for each job (%F: of an array, the whole) whose Command ends in folder/TOKEN/batch.sh. */
const awk = [
  `    BEGIN { count = split(tokens, list, " "); for (i = 1; i <= count; i++) wanted[list[i]] = 1 }`,
  "    {",
  `      id = $1; sub(/^[^ ]+ /, ""); depth = split($0, part, "/")`,
  `      if (depth > 2 && part[depth] == "${layout.script}" && part[depth - 2] == folder && (part[depth - 1] in wanted) && !seen[id]++)`,
  `        print part[depth - 1], id`,
  "    }",
];
