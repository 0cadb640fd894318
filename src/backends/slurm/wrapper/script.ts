import { randomBytes } from "node:crypto";

import { shellWord } from "../../../core/slurm/launcher/shell-word.ts";

/** A program for `sh -s`, and the word by which its answers are known. */
export interface Script {
  readonly nonce: string;
  readonly text: string;
}

/**
 * One compound command, so that a shell runs nothing of a text that was cut on the way: what has not arrived whole is a syntax error.
 * A lost connection must not end the script in the middle of a record: SIGPIPE and SIGHUP are ignored.
 */
export function script(body: (nonce: string) => readonly string[]): Script {
  const nonce = `bw${randomBytes(8).toString("hex")}`;
  const text = ["{", `nonce=${nonce}`, preamble, ...body(nonce), "say end", "exit 0", "}", ""].join("\n");
  return { nonce, text };
}

const preamble = `trap '' PIPE HUP
exec </dev/null
# What a profile printed last may have no end of line.
say() { printf '\\n%s\\n' "$nonce $*"; }
# One word for text of any kind, at most 2000 bytes of it; - for none.
word() { if [ -n "$1" ]; then printf '%s' "$1" | head -c 2000 | base64 | tr -d '\\n'; else printf -- -; fi; }
word_of_file() { if [ -s "$1" ]; then head -c 2000 "$1" | base64 | tr -d '\\n'; else printf -- -; fi; }`;

/**
 * Lock files of an install: as many as batches run at once on a login, so that each is always busy where many wait. Two operators that work at once must
 * agree on it, also while one version follows another: of two locks for one token neither is one.
 */
export const shardCount = 3;

export function shardOf(token: string): number {
  let sum = 0;
  for (const char of token) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 65_521;
  return sum % shardCount;
}

/**
 * Takes the lock of a shard on descriptor 9, which every process started later inherits: while an sbatch lives, even one whose shell was
 * killed, nobody else has the lock. Whoever has it knows that every earlier sbatch of the shard has ended: rule 3 (LOCK_INHERITED).
 * Sets `refusal` (and `why`) instead when it cannot, or when nobody could take a fence in this directory, and `now` to the cluster's time in seconds.
 */
export const takeLock = (
  install: string,
  shard: number,
  waitSeconds: number,
): string => `install=${shellWord(install)}
refusal= why=
if ! why=$({ [ -d "$install" ] || mkdir -p -m 700 "$install"; } 2>&1); then
  refusal=NotWritable
elif ! { command exec 9>>"$install/lock.${shard}"; } 2>/dev/null; then
  refusal=NotWritable why="cannot write $install/lock.${shard}"
elif ! command -v flock >/dev/null 2>&1; then
  refusal=NoLocks why="flock(1) of util-linux is missing on this login host"
else
  why=$(flock -w ${waitSeconds} 9 2>&1)
  case $?\${why:+s} in
    0*) why= ;;
    1) refusal=LockBusy why="$install/lock.${shard} was not free within ${waitSeconds} s" ;;
    *) refusal=NoLocks why="cannot lock $install/lock.${shard}: $why" ;;
  esac
fi
# A link that is there is the proof that links can be made: fence and launcher need them.
if [ -z "$refusal" ] && [ ! -e "$install/lock.links" ]; then
  why=$(ln "$install/lock.${shard}" "$install/lock.links" 2>&1)
  if [ -e "$install/lock.links" ]; then why=; else refusal=NoLinks; fi
fi
now=$(date +%s)`;
