import { launcherCodes, layout, markFiles } from "./layout.ts";
import { shellAssignment } from "./shell-word.ts";

export interface LauncherOptions {
  /** The token's directory, absolute, by the cluster's paths. */
  readonly directory: string;
  /** Whole `#SBATCH` lines, of lower precedence than the author's. */
  readonly generated: readonly string[];
  /** The author's directive lines, as they stand in the script: Slurm reads them itself. */
  readonly directives: readonly string[];
}

/**
 * The text of `batch.sh`: directives for sbatch, then the first half of the launcher in POSIX sh. Inside the job it
 * 1. takes the fence of the token, or ends with `launcherCodes.turnedAway` and a mark: of all jobs that carry a token, one runs, with all of its tasks.
 *    Rule 4 (FENCE, ARRAY_FENCE, CLOSED_TURNS_AWAY, TURNED_AWAY_TELLS, RAN_IS_TOLD);
 * 2. removes what an earlier run (a requeue) left as its end: rule 4 (CLEAR_EXIT);
 * 3. starts the second half as a child, passes signals on to it, and leaves the exit mark when it has ended.
 * @throws RangeError for a line that sbatch would not read as one comment line
 */
export function buildLauncher(options: LauncherOptions): string {
  const lines = [...options.generated, ...options.directives];
  for (const line of lines)
    if (!line.startsWith("#") || /[\n\r\0]/u.test(line))
      throw new RangeError(`not a directive line: ${JSON.stringify(line)}`);
  return ["#!/bin/sh", ...lines, shellAssignment("directory", options.directory), body].join("\n");
}

const body = `marks=$directory/${layout.marks}
# The id of a whole array: its tasks share one fence. A requeue keeps its id.
id=\${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}
task=\${SLURM_ARRAY_TASK_ID:-}
suffix=\${task:+.$task}
unique=$SLURM_JOB_ID.\${SLURMD_NODENAME:-node}.$$

say() { printf 'batchwright: %s\\n' "$*" >&2; }

# mark FILE WORD CODE NOTE: a reader sees all of it or nothing.
mark() {
  printf '%s\\n' "$2 $3 $id \${task:--} \${SLURM_RESTART_COUNT:-0} $(date +%s) $4" >"$marks/.$1.$unique" &&
    mv -f "$marks/.$1.$unique" "$marks/$1" || say "cannot write $marks/$1"
}

# ---- the fence. A link is made whole and exclusively, on NFS too; an answer lost on the way shows as our own id. A full disk must not
# leave an owner without a name.
{ printf '%s\\n' "$id" >"$marks/.${markFiles.owner}.$unique" && [ -s "$marks/.${markFiles.owner}.$unique" ] &&
  ln "$marks/.${markFiles.owner}.$unique" "$marks/${markFiles.owner}"; } 2>/dev/null
rm -f "$marks/.${markFiles.owner}.$unique"
owner=
[ ! -r "$marks/${markFiles.owner}" ] || read -r owner <"$marks/${markFiles.owner}"
if [ -z "$owner" ]; then
  say "job $id did not run: $(hostname) cannot write to $marks; workDirectory must be shared with the compute nodes and allow hard links"
  exit ${launcherCodes.noFence}
elif [ "$owner" != "$id" ]; then
  say "job $id did not run: $marks/${markFiles.owner} says that this submission belongs to $owner"
  mark "${markFiles.turnedAway}.$id$suffix" turned-away ${launcherCodes.turnedAway} -
  exit ${launcherCodes.turnedAway}
elif [ -e "$marks/${markFiles.closed}" ]; then
  say "job $id did not run again: this submission is closed"
  # Whoever got past here once has run, whether or not it left an end: that must not count as "did not run".
  if [ -e "$marks/${markFiles.outputs}$suffix" ] && [ ! -e "$marks/${markFiles.exit}$suffix" ]; then exit ${launcherCodes.notAgain}; fi
  [ -e "$marks/${markFiles.exit}$suffix" ] || mark "${markFiles.turnedAway}.$id$suffix" turned-away ${launcherCodes.turnedAway} -
  exit ${launcherCodes.turnedAway}
fi
# The end of an earlier run is not the end of this one.
rm -f "$marks/${markFiles.exit}$suffix" "$marks/${markFiles.captured}$suffix"
: >"$marks/${markFiles.outputs}$suffix"

# ---- signals. What Slurm sends to the batch script reaches this shell alone, and is passed on. What it sends to every process of
# the job has reached the entrypoint already: the canary tells, because it dies of that. To end a job (cancel, time limit,
# preemption) Slurm sends CONT and TERM together; TERM alone is a message to the script.
child= canary= early= interrupted= continued= terminated=
start_canary() {
  restored sleep 2147483647 </dev/null >/dev/null 2>&1 3<&- &
  canary=$!
}
pass_on() {
  interrupted=1
  case $1 in
    CONT) continued=$(date +%s) ;;
    TERM) terminated=$(date +%s) ;;
  esac
  if [ -z "$canary" ]; then
    early="$early $1"
    return
  fi
  if [ "$1" != CONT ]; then
    sleep 0.2
    if ! kill -0 "$canary" 2>/dev/null; then
      start_canary
      return
    fi
  fi
  kill -s "$1" "$child" 2>/dev/null
}
is_ended_by_slurm() {
  [ -n "$terminated" ] && [ -n "$continued" ] && [ $((terminated - continued)) -le 2 ] && [ $((continued - terminated)) -le 2 ]
}
# A shell lets its background processes ignore INT and QUIT, and no shell can undo that.
restored() {
  if env --default-signal=INT,QUIT true 2>/dev/null; then
    exec env --default-signal=INT,QUIT "$@"
  elif command -v perl >/dev/null 2>&1; then
    exec perl -e '$SIG{INT} = $SIG{QUIT} = "DEFAULT"; exec @ARGV or exit 127' -- "$@"
  else
    exec "$@"
  fi
}
for name in HUP INT TERM USR1 USR2 CONT; do trap "pass_on $name" "$name"; done

# ---- the entrypoint. Standard input is kept: a background process would get /dev/null.
exec 3<&0
shell=$(command -v bash) || shell=/bin/sh
restored "$shell" "$directory/${layout.start}" <&3 3<&- &
child=$!
start_canary
for name in $early; do kill -s "$name" "$child" 2>/dev/null; done
while :; do
  interrupted=
  wait "$child"
  code=$?
  # Above 128 it may be our own trap that ended the wait, not the child.
  if [ -z "$interrupted" ] || [ "$code" -le 128 ]; then break; fi
  if kill -0 "$child" 2>/dev/null; then continue; fi
  wait "$child"
  again=$?
  [ "$again" = 127 ] || code=$again
  break
done
trap '' HUP INT TERM USR1 USR2
# Waited for, so that bash does not report its death.
{
  kill -KILL "$canary"
  wait "$canary"
} 2>/dev/null
if is_ended_by_slurm; then note=terminated; else note=-; fi
mark "${markFiles.exit}$suffix" exited "$code" "$note"
exit "$code"
`;
