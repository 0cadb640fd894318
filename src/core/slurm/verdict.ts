import type { Exit } from "./exit-code.ts";
import type { JobRow } from "./job-row.ts";
import type { BaseState } from "./job-state.ts";
import { isEnded, isFinal, type EndedState } from "./job-state-phase.ts";
import type { ExitMark } from "./marks.ts";

/** What is known of one job, or of one task of an array. */
export interface Evidence {
  /** Its row in a complete, good answer of squeue. */
  readonly row: JobRow | undefined;
  /** Its newest row in accounting. */
  readonly accounting: JobRow | undefined;
  /** What its launcher left behind. */
  readonly mark: ExitMark | undefined;
  /** We have asked for its end. */
  readonly cancelled: boolean;
  /** The token is closed, and as many complete answers as demanded have lacked the row since. */
  readonly waitsOver: boolean;
  /** The launcher's exit code for a job that the fence refused. */
  readonly turnedAwayCode: number;
}

export type Verdict =
  | { readonly is: "live"; readonly state: BaseState }
  | {
      readonly is: "ended";
      readonly state: EndedState;
      readonly exit: Exit | undefined;
      readonly how: "Slurm" | "Accounting" | "Mark" | "Cancel";
    }
  /** The fence refused it: nothing of the user's ran. */
  | { readonly is: "didNotRun" }
  /** No evidence yet: look again. */
  | { readonly is: "unknown" }
  /** No evidence, and nothing more to wait for. */
  | { readonly is: "lost" };

/**
 * How a job ended, from all that is known. Pure; the caller closes the token before it believes an end.
 *
 * Who is believed, first to last:
 * 1. squeue, that it lives: a mark beside it only says that Slurm has yet to clean up.
 * 2. The fence: what was turned away did not run, whatever Slurm calls it.
 * 3. The exit mark of the last run, for success and exit code (see `stateOf`). A mark of an earlier run (its restart count is lower) does not count.
 * 4. squeue's word, then accounting's.
 * 5. Our own cancel, when nothing is left to be seen: Slurm keeps no trace of tasks and jobs that were cancelled before they started.
 */
export function endOf(seen: Evidence): Verdict {
  const word = seen.row ?? seen.accounting;
  if (word !== undefined && !isFinal(word)) return { is: "live", state: word.state };
  const end = lastEndOf(seen.mark, word);
  if (end?.is === "turnedAway") return { is: "didNotRun" };
  return word === undefined ? withoutWord(seen, end?.code) : byWord(seen, word, end?.code);
}

function byWord(seen: Evidence, word: JobRow, code: number | undefined): Verdict {
  if (code === undefined && word.exit?.code === seen.turnedAwayCode) return { is: "didNotRun" };
  if (!isEnded(word.state)) return { is: "live", state: word.state };
  return {
    is: "ended",
    state: stateOf(word.state, code),
    exit: code === undefined ? word.exit : { code, signal: word.exit?.signal ?? 0 },
    how: seen.row === undefined ? "Accounting" : "Slurm",
  };
}

/**
 * State of a run that Slurm calls `word` and whose launcher wrote down `code` at its end.
 *
 * | Slurm | mark 0 | mark other than 0 |
 * |---|---|---|
 * | COMPLETED | COMPLETED | FAILED |
 * | FAILED, NODE_FAIL | COMPLETED: the script had ended well before the node or Slurm failed, and Slurm may go back on its word | as Slurm says |
 * | BOOT_FAIL | as Slurm says: nothing ran | as Slurm says |
 * | TIMEOUT, DEADLINE, PREEMPTED, CANCELLED | as Slurm says: Slurm ended the job, a script that catches TERM and exits 0 was cut short all the same | as Slurm says |
 * | OUT_OF_MEMORY | as Slurm says: a process was killed, even if the script went on | as Slurm says |
 */
function stateOf(word: EndedState, code: number | undefined): EndedState {
  if (code === undefined) return word;
  switch (word) {
    case "COMPLETED":
      return code === 0 ? "COMPLETED" : "FAILED";
    case "FAILED":
    case "NODE_FAIL":
      return code === 0 ? "COMPLETED" : word;
    case "BOOT_FAIL":
    case "TIMEOUT":
    case "DEADLINE":
    case "PREEMPTED":
    case "CANCELLED":
    case "OUT_OF_MEMORY":
      return word;
  }
}

function withoutWord(seen: Evidence, code: number | undefined): Verdict {
  if (code !== undefined)
    return { is: "ended", state: stateOfMark(code, seen.cancelled), exit: { code, signal: 0 }, how: "Mark" };
  if (!seen.waitsOver) return { is: "unknown" };
  return seen.cancelled
    ? { is: "ended", state: "CANCELLED", exit: undefined, how: "Cancel" }
    : { is: "lost" };
}

/** A cancelled script ends with the signal's code; one that had ended well before the cancel reached it has completed. */
function stateOfMark(code: number, cancelled: boolean): EndedState {
  if (code === 0) return "COMPLETED";
  return cancelled ? "CANCELLED" : "FAILED";
}

/** A run that could not be started leaves the mark of the run before it in place: that one does not count. */
function lastEndOf(mark: ExitMark | undefined, word: JobRow | undefined): ExitMark["end"] | undefined {
  if (mark === undefined || (word !== undefined && mark.restart < word.restarts)) return undefined;
  return mark.end;
}
