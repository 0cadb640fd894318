import { layout, markFiles } from "../../../core/slurm/launcher/layout.ts";
import { shellWord } from "../../../core/slurm/launcher/shell-word.ts";
import { script, type Script } from "./script.ts";

/** Of the outputs of one token. */
const mostOutputBytes = 512 * 1024;
/** Each is sent by some processes: the tasks of a large array would take minutes, and a status holds far fewer. */
const mostOutputFiles = 512;

/** Reads what the journals of some tokens show. Answers for each: `TOKEN fence OWNER CLOSED TRIED`, `TOKEN exit WORDS...`, `TOKEN outputs|captured TASK BASE64`, `TOKEN cut FILE`. */
export function marksScript(
  places: readonly { readonly token: string; readonly directory: string }[],
): Script {
  return script(() => [
    functions,
    ...places.map((place) => `look ${place.token} ${shellWord(place.directory)}`),
  ]);
}

const functions = `look() { # look TOKEN DIRECTORY
  token=$1 marks=$2/${layout.marks} owner=- closed=no tried=no left=${mostOutputBytes} files=${mostOutputFiles}
  if [ -s "$marks/${markFiles.owner}" ]; then read -r owner <"$marks/${markFiles.owner}"; fi
  if [ -e "$marks/${markFiles.closed}" ]; then closed=yes; fi
  if [ -e "$marks/${markFiles.tried}" ]; then tried=yes; fi
  say "$token fence $owner $closed $tried"
  for file in "$marks/${markFiles.exit}" "$marks/${markFiles.exit}".* "$marks/${markFiles.turnedAway}".*; do
    if [ -s "$file" ] && read -r line <"$file"; then say "$token exit $line"; fi
  done
  for kind in ${markFiles.outputs} ${markFiles.captured}; do
    for file in "$marks/$kind" "$marks/$kind".*; do
      if [ ! -s "$file" ]; then continue; fi
      if [ "$files" = 0 ]; then say "$token cut -"; return; fi
      files=$((files - 1))
      send_file "$kind" "$file"
    done
  done
}
send_file() { # send_file KIND FILE
  task=\${2#"$marks/$1"}
  task=\${task#.}
  if [ "$left" -le 0 ]; then say "$token cut \${task:--}"; return; fi
  size=$(wc -c <"$2")
  say "$token $1 \${task:--} $(head -c "$left" "$2" | base64 | tr -d '\\n')"
  if [ "$size" -gt "$left" ]; then say "$token cut \${task:--}"; fi
  left=$((left - size))
}`;
