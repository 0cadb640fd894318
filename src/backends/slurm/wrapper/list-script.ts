import { layout, markFiles } from "../../../core/slurm/launcher/layout.ts";
import { shellWord } from "../../../core/slurm/launcher/shell-word.ts";
import type { OverQuestion } from "../backend.ts";
import { isOver } from "./over.ts";
import { script, type Script } from "./script.ts";

/** Of one answer. */
export const mostListed = 256;
/** What is looked into for one answer, however many names there are: what costs is not the names but the look into each directory. */
export const mostExamined = 4096;

/**
 * Finds directories of this install and SlurmCluster whose tokens have been over for so long. The names are read as a whole (100,000 of
 * them are a second's work), and looked into from the cursor on; the times come from a few stat(1), not one a directory.
 * Answers: `clock SECONDS`, then `TOKEN LAST-MARK DEADLINE CLUSTER` (`- -` where that was not kept), then `next TOKEN` if there is more;
 * or `failed TEXT`.
 */
export function listScript(question: OverQuestion): Script {
  const { directory, cluster, retentionSeconds, after } = question;
  const install = directory.slice(directory.lastIndexOf("/") + 1);
  return script(() => [
    `install=${shellWord(directory)} cluster=${shellWord(cluster)} retention=${Math.ceil(retentionSeconds)}`,
    isOver,
    names(install, after ?? ""),
    `say "clock $(date +%s)"`,
    `if [ ! -e "$install" ]; then`,
    "  :",
    `elif ! cd "$install" || ! [ -r . ]; then`,
    `  say "failed $(word "cannot read $install")"`,
    "else",
    body,
    "fi 2>/dev/null",
  ]);
}

const hex = (digits: number): string => "[0-9a-f]".repeat(digits);
/** Written out: not every awk knows `{8}`. */
const uid = [8, 4, 4, 4, 12].map(hex).join("-");

/** A slash is in no name: it says that the directory could not be read to its end. */
const names = (install: string, after: string): string => `names() {
  { LC_ALL=C ls || echo /; } | LC_ALL=C awk -v after=${shellWord(after)} '
    $0 == "/" { print; exit }
    /^${install}-${uid}-[0-9]+$/ && ($0 "") > (after "") && count++ < ${mostExamined} { print }
  '
}`;

/** A directory's own time is that of the last mark made in it: marks are made by rename and link. The oldest awk compares times as numbers. */
const body = `  now=$(date +%s)
  set -- $(names)
  next=
  if [ $# -ge ${mostExamined} ]; then eval "next=\\\${$#}"; fi
  case " $* " in *" / "*) say "failed $(word "cannot read $install to its end")" ;; esac
  for token; do
    marks=$token/${layout.marks}
    if [ ! -L "$token" ] && [ -d "$marks" ] && [ -x "$marks" ] && is_over; then
      printf '%s\\n' "$marks" "$marks/${markFiles.closed}" "$marks/${markFiles.exit}" "$marks/${markFiles.code}"
    fi
  done | xargs stat -c '%Y %n' | awk -v before="$((now - retention))" '
    function flush() { if (token != "" && newest + 0 <= before + 0) print token, newest }
    { split($2, part, "/"); if (part[1] != token) { flush(); token = part[1]; newest = $1 } else if ($1 + 0 > newest + 0) newest = $1 }
    END { flush() }
  ' | {
    count=0 last=
    while read -r token newest; do
      deadline= of=
      mark=$token/${layout.marks}/${markFiles.attempt}
      if [ -f "$mark" ] && [ -s "$mark" ]; then read -r deadline of <"$mark"; fi
      case $deadline in '' | *[!0-9]*) deadline=- of=- ;; esac
      case $of in - | "$cluster") ;; *) continue ;; esac
      if [ "$count" -eq ${mostListed} ]; then next=$last; break; fi
      say "$token $newest $deadline $of"
      last=$token count=$((count + 1))
    done
    if [ -n "$next" ]; then say "next $next"; fi
  }`;
