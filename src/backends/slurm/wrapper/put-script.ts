import { layout, markFiles } from "../../../core/slurm/launcher/layout.ts";
import { shellWord } from "../../../core/slurm/launcher/shell-word.ts";
import type { StagedJob } from "../backend.ts";
import { packArchive, type ArchiveEntry } from "./archive.ts";
import { attemptMark } from "./fence-script.ts";
import { script, takeLock, type Script } from "./script.ts";

/** Seconds, all on the cluster. */
export interface PutLimits {
  readonly lockSeconds: number;
  /** No sbatch of the batch starts later than this after the lock was taken. */
  readonly startSeconds: number;
  /** The last one has this long. sbatch itself waits up to 120 s while the cluster has MaxJobCount jobs, and MessageTimeout while slurmctld is silent. */
  readonly sbatchSeconds: number;
}

/** When the watchdog ends what still hangs. */
export const watchdogSeconds = (limits: PutLimits): number =>
  limits.lockSeconds + limits.startSeconds + limits.sbatchSeconds;

export interface PutBatch {
  readonly install: string;
  readonly shard: number;
  readonly jobs: readonly StagedJob[];
  readonly limits: PutLimits;
}

/**
 * Stages all jobs of a batch and hands them to sbatch one by one, each at most once whatever happens, and none that is void.
 * Rule 3 (TRY_ONCE, VOID_STOPS_PUT). Answers: `TOKEN WORD CODE TEXT`.
 */
export function putScript(batch: PutBatch): Script {
  const { install, shard, jobs, limits } = batch;
  const archive = packArchive(jobs.flatMap(stagedEntries)).toString("base64");
  const pairs = jobs.map((job) => `${job.token}:${deadlineSeconds(job)}`).join(" ");
  return script(() => [
    "archive() {",
    "base64 -d <<'ARCHIVE'",
    ...(archive.match(/.{1,1000}/gu) ?? []),
    "ARCHIVE",
    "}",
    takeLock(install, shard, limits.lockSeconds),
    stage(pairs),
    functions(shard, limits.startSeconds),
    ...jobs.map(
      (job) => `put ${job.token} ${deadlineSeconds(job)} ${job.arguments.map(shellWord).join(" ")}`,
    ),
  ]);
}

const deadlineSeconds = (job: StagedJob): number => Math.floor(job.deadline / 1000);

/** Directories come before what they hold; `work` and `output` are the job's to write in. */
export function stagedEntries(job: StagedJob): readonly ArchiveEntry[] {
  const folders = new Set<string>();
  for (const { path } of job.files) {
    const parts = path.split("/");
    for (let depth = 1; depth < parts.length; depth += 1) folders.add(parts.slice(0, depth).join("/"));
  }
  return [
    { path: job.token, mode: 0o700 },
    ...[layout.marks, layout.work, layout.output].map((name) => ({
      path: `${job.token}/${name}`,
      mode: 0o700,
    })),
    {
      path: `${job.token}/${layout.marks}/${markFiles.attempt}`,
      mode: 0o600,
      content: Buffer.from(`${attemptMark(job)}\n`),
    },
    ...[...folders].sort().map((path) => ({ path: `${job.token}/${path}`, mode: 0o700 })),
    ...job.files.map((file) => ({
      path: `${job.token}/${file.path}`,
      mode: file.mode,
      content: file.content,
    })),
  ];
}

/**
 * A directory appears under its token by rename, so it is whole or not there; one that is there already is left alone (the job may be
 * running in it), and what a token stands for never changes. A token past its deadline gets none. Files get the cluster's own time (`-m`): scratch purges look at it.
 */
const stage = (pairs: string): string => `stage=$install/.stage.$nonce
trap 'rm -rf "$stage"' EXIT
if [ -z "$refusal" ]; then
  set --
  for pair in ${pairs}; do
    token=\${pair%%:*}
    if [ "$now" -gt "\${pair#*:}" ]; then continue; fi
    if [ -e "$install/$token" ] && [ ! -e "$install/$token/${layout.script}" ]; then
      # Left by a fence that could not be written. One that was written is not empty, and stays.
      rmdir "$install/$token/${layout.marks}" "$install/$token" 2>/dev/null
    fi
    if [ ! -e "$install/$token" ]; then set -- "$@" "$stage/$token"; fi
  done
  if [ $# -gt 0 ]; then
    why=$({ mkdir "$stage" && archive | tar -xmzf - -C "$stage" && mv -- "$@" "$install/"; } 2>&1)
  fi
fi`;

const functions = (shard: number, startSeconds: number): string => `stopped= expired= child=
said=$install/lock.${shard}.said
# The watchdog's signal.
trap 'expired=1; [ -z "$child" ] || kill -KILL "$child" 2>/dev/null' TERM
if ! command -v sbatch >/dev/null 2>&1; then
  refusal=NoSbatch why="no sbatch in PATH=$PATH; set binDirectory to the folder of Slurm's commands"
fi
# Seconds of a clock that nobody sets, without starting a process.
tick() { if read -r seconds rest </proc/uptime; then seconds=\${seconds%%.*}; else seconds=$(date +%s); fi; } 2>/dev/null
tick
started=$seconds

is_id() { case \${id%%;*} in '' | *[!0-9]*) return 1 ;; esac; }

# Answers from the record of this token, if there is one.
recorded() {
  if [ -s "$marks/${markFiles.code}" ]; then
    if [ -s "$marks/${markFiles.id}" ] || ! read -r code <"$marks/${markFiles.code}"; then return 1; fi
    say "$token answered $code $(word_of_file "$marks/${markFiles.text}")"
  elif [ -s "$marks/${markFiles.id}" ] && read -r id <"$marks/${markFiles.id}" && is_id; then
    say "$token known \${id%%;*} -"
  elif [ -e "$marks/${markFiles.void}" ]; then
    say "$token voided - -"
  else
    return 1
  fi
}

not_sent() { say "$token notSent $1 $(word "$2")"; }

put() { # put TOKEN DEADLINE WORDS-FOR-SBATCH...
  token=$1 deadline=$2
  shift 2
  marks=$install/$token/${layout.marks}
  if [ -n "$refusal" ]; then not_sent "$refusal" "$why"; return; fi
  if recorded; then return; fi
  if [ "$now" -gt "$deadline" ]; then
    not_sent DeadlinePassed "the cluster's clock shows $now, the deadline was $deadline (seconds since 1970)"
    return
  fi
  tick
  if [ -n "$stopped$expired" ] || [ $((seconds - started)) -ge ${startSeconds} ]; then
    not_sent BatchStopped "\${stopped:-this batch has used up its ${startSeconds} s}"
    return
  fi
  if [ ! -e "$install/$token/${layout.script}" ]; then not_sent NotWritable "$why"; return; fi
  if ! cd "$install/$token/${layout.work}"; then not_sent NotWritable "cannot enter $install/$token/${layout.work}"; return; fi
  # What an earlier sbatch said must never pass for what this one says, whatever else cannot be written.
  if ! { command : >"$said"; } 2>/dev/null; then not_sent NotWritable "cannot write $said"; return; fi
  set -C
  # In POSIX sh a redirection that fails ends the shell on a special builtin, unless it is called by command.
  if ! { command : >"$marks/${markFiles.tried}"; } 2>/dev/null; then
    set +C
    if [ -e "$marks/${markFiles.tried}" ]; then say "$token look - -"; else not_sent NotWritable "cannot write in $marks"; fi
    return
  fi
  set +C
  send "$@"
}

send() {
  # In the background, so that the watchdog can end it; its answer goes to the journal even if this shell dies.
  # What it says is kept only with an exit code: one file for all, under the shard's lock, as a new file costs much of what all this costs.
  sbatch --parsable "$@" "$install/$token/${layout.script}" >"$marks/${markFiles.id}" 2>>"$said" &
  child=$!
  wait "$child"
  code=$?
  if [ -n "$expired" ]; then wait "$child" 2>/dev/null; fi
  child=
  if [ -z "$expired" ] && [ "$code" = 0 ] && read -r id <"$marks/${markFiles.id}" && is_id; then
    # Mostly there is no text, and a command substitution costs a process.
    text=-
    [ ! -s "$said" ] || text=$(word_of_file "$said")
    say "$token new \${id%%;*} $text"
  elif [ -n "$expired" ]; then
    unclear "sbatch was ended by the watchdog"
  elif [ "$code" = 0 ]; then
    unclear "sbatch ended with 0 and printed no job id (does ~/.slurm/defaults or a plugin of the site make it quiet, or only test?)"
  elif [ -s "$marks/${markFiles.id}" ]; then
    keep_code
    unclear "sbatch ended with $code and printed an id"
  elif [ "$code" -gt 128 ] && [ "$code" != 255 ]; then
    unclear "sbatch was ended by signal $((code - 128))"
  else
    keep_code
    say "$token answered $code $(word_of_file "$said")"
    stop_if_unheard
  fi
}

# The code last: with it the record is whole.
keep_code() { cat "$said" >"$marks/${markFiles.text}" && printf '%s\\n' "$code" >"$marks/${markFiles.code}"; }

unclear() {
  stopped="an earlier answer of this batch is unclear: $1"
  say "$token unclear - $(word "$1; $(head -c 1000 "$said")")"
}

# What the next sbatch would wait for in vain as well.
stop_if_unheard() {
  if [ "$code" != 1 ]; then return; fi
  case $(head -c 2000 "$said") in
    *[Tt]imed\\ out* | *[Uu]nable\\ to\\ contact* | *[Cc]ommunication* | *[Zz]ero\\ [Bb]ytes* | *[Uu]nexpected\\ message*)
      stopped="slurmctld did not answer an earlier sbatch of this batch" ;;
  esac
}`;
