import { layout, markFiles } from "../../../core/slurm/launcher/layout.ts";
import { shellWord } from "../../../core/slurm/launcher/shell-word.ts";
import type { DatedPlace } from "../backend.ts";
import { script, takeLock, type Script } from "./script.ts";

export interface FenceBatch {
  readonly install: string;
  readonly shard: number;
  readonly fences: readonly { readonly place: DatedPlace; readonly verb: "void" | "close" }[];
  readonly lockSeconds: number;
}

/** Under the lock: no later put of the token, and its fence is taken by nobody if no job has it. Answers: `TOKEN fenced OWNER` or `TOKEN unclear TEXT`. */
export function fenceScript(batch: FenceBatch): Script {
  return script(() => [
    takeLock(batch.install, batch.shard, batch.lockSeconds),
    functions,
    ...batch.fences.map(({ place, verb }) => `${verb} ${place.token} ${shellWord(attemptMark(place))}`),
  ]);
}

/** What `markFiles.attempt` says. */
export const attemptMark = (place: DatedPlace): string =>
  `${Math.floor(place.deadline / 1000)} ${place.cluster}`;

const functions = `leave() { [ -e "$marks/$1" ] || { command : >"$marks/$1"; } 2>/dev/null; }

# Kept for \`forget\`, also where no put ever made the directory. What is left out here is only forgotten later.
date_it() {
  [ -e "$marks/${markFiles.attempt}" ] || {
    printf '%s\\n' "$1" >"$marks/.${markFiles.attempt}.$nonce" &&
      mv -f "$marks/.${markFiles.attempt}.$nonce" "$marks/${markFiles.attempt}"
  } 2>/dev/null
}

void() { # void TOKEN ATTEMPT
  token=$1 marks=$install/$1/${layout.marks}
  if [ -n "$refusal" ]; then say "$token unclear $(word "$refusal: $why")"; return 1; fi
  if ! why=$({ [ -d "$marks" ] || mkdir -p -m 700 "$marks"; } 2>&1) || ! leave ${markFiles.void}; then
    say "$token unclear $(word "cannot write in $marks: $why")"
    why=
    return 1
  fi
  date_it "$2"
  if [ -z "$closing" ]; then take; fi
}

# The mark that stops every later start goes first: an answer says that it is there.
close() { # close TOKEN ATTEMPT
  closing=1
  if void "$1" "$2"; then
    if leave ${markFiles.closed}; then take; else say "$token unclear $(word "cannot write $marks/${markFiles.closed}")"; fi
  fi
  closing=
}
closing=

# Made whole and exclusively, by the same means as in the launcher. On a full disk the file is there and empty: such a one is nobody's.
take() {
  if [ ! -e "$marks/${markFiles.owner}" ]; then
    { printf 'void\\n' >"$marks/.${markFiles.owner}.$nonce" && [ -s "$marks/.${markFiles.owner}.$nonce" ] &&
      ln "$marks/.${markFiles.owner}.$nonce" "$marks/${markFiles.owner}"; } 2>/dev/null
    rm -f "$marks/.${markFiles.owner}.$nonce"
  fi
  owner=
  [ ! -r "$marks/${markFiles.owner}" ] || read -r owner <"$marks/${markFiles.owner}"
  case $owner in
    void) say "$token fenced void" ;;
    '' | *[!0-9]*) say "$token unclear $(word "cannot take $marks/${markFiles.owner}, which says: $owner")" ;;
    *) say "$token fenced $owner" ;;
  esac
}`;
